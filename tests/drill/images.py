"""What people show the project: images, labelled digits, sources of downloads, weights."""

import os
from functools import partial

import numpy as np

from drill.doors import parameter, replace
from drill.harness import Case
from helpers import ROOT
from photos.test_rejected_files import HOSTILE, PNG

PREDICT = "python", "stages/predict.py"
ADAPT = "python", "pipelines/transfer/adapt.py"


def shown():
    """Return the cases of images that are asked for."""
    for words, content in HOSTILE.items():
        hurt = replace("photo.png", content)
        yield Case(f"predict: {words}", (*PREDICT, "photo.png"), "photo.png", hurt)
    yield Case("predict: no such file", (*PREDICT, "nowhere.png"), "nowhere.png")
    yield Case("predict: a folder", (*PREDICT, "stages"), "stages")
    yield Case("predict: a pipe", (*PREDICT, "pipe"), "pipe", lambda p: os.mkfifo(p / "pipe"))
    yield Case("predict: /dev/zero", (*PREDICT, "/dev/zero"), "/dev/zero")
    hurt = partial(_link, "loop.png")
    yield Case("predict: a link to itself", (*PREDICT, "loop.png"), "loop.png", hurt)
    strange = "a\nline \x1b[31m and ünïcode.png"
    yield Case("predict: a strange name", (*PREDICT, strange), "a\\nline")
    yield Case("predict: --model nowhere", (*PREDICT, "a.png", "--model", "nowhere"), "nowhere")


def _link(name, project):
    os.symlink(name, project / name)


def _unlabelled(project):
    replace("mine/a.png", PNG)(project)
    replace("mine/labels.csv", b"file,label\na.png,x\n")(project)


def _arrays(arrays, project):
    np.savez(project / "mine.npz", **arrays)


def folders():
    """Return the cases of folders of labelled digits, to adapt to and to measure."""
    kinds = {
        "empty": lambda p: (p / "mine").mkdir(),
        "one digit": replace("mine/7_a.png", PNG),
        "names without digits": replace("mine/seven.png", PNG),
        "no image": replace("mine/7_a.png", b"no image"),
        "labels of other files": replace("mine/labels.csv", b"file,label\nb.png,7\n"),
        "labels that are no digits": _unlabelled,
        "labels without a head": replace("mine/labels.csv", b"1,2,3\n"),
        "labels in bytes": replace("mine/labels.csv", b"\xff\xfe\x00" * 9),
        "a path out of it": replace("mine/labels.csv", b"file,label\n../../etc/passwd,7\n"),
        "a file": replace("mine", b"text"),
    }
    for words, hurt in kinds.items():
        command = (*ADAPT, "mine", "-o", "new")
        yield Case(f"adapt: {words}", command, "mine", hurt)

        if words in ("one digit", "no image"):  # measured, the second as an error
            continue

        def both(project, hurt=hurt):
            hurt(project)
            parameter("generalize", "others", ["mine"])(project)

        yield Case(f"generalize.others: {words}", ("python", "stages/generalize.py"), "mine", both)
    arrays = {
        "no x": {"y": np.zeros(3)},
        "other numbers": {"x": np.eye(28, dtype=np.uint8)[None], "y": np.zeros(4, int)},
        "labels of 12": {"x": np.eye(28, dtype=np.uint8)[None], "y": np.array([12])},
        "one dimension": {"x": np.zeros(3, np.uint8), "y": np.zeros(3, int)},
        "objects": {"x": np.array([None]), "y": np.zeros(1, int)},
    }
    for words, each in arrays.items():
        hurt = partial(_arrays, each)
        yield Case(f"adapt: an .npz with {words}", (*ADAPT, "mine.npz", "-o", "new"), "mine", hurt)


def sources():
    """Return the cases of MNIST's sources, none of which has the files."""

    def wanted(project):
        parameter("fetch", "dataset", "mnist")(project)
        (project / "few").mkdir()
        (project / "few" / "train-images-idx3-ubyte.gz").write_bytes(b"\x1f\x8bno gzip")

    index = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    for words, place in {
        "a closed port": "http://127.0.0.1:9",
        "another scheme": "gopher://127.0.0.1/",
        "no such folder": "/nowhere/at all",
        "a folder with one damaged file": "few",
        "no address": "http://",
    }.items():
        variables = {"MNIST_MIRROR": place, **index}
        command = "python", "stages/fetch.py"
        yield Case(f"fetch from {words}", command, "MNIST_MIRROR", wanted, variables)


def pipelines():
    """Return the cases of what only the opt-in pipelines read."""
    weights = "pipelines/transfer/weights/squeezenet1_1-imagenet-features.pt"
    train = ("python", "-m", "pipelines.transfer.train", "--pretrained", "--network")
    train += ("squeezenet1_1", "--seed", "0")
    for words, content in {"text": b"text", "zeros": bytes(1000), "nothing": b""}.items():
        yield Case(f"transfer's weights: {words}", train, "weights", replace(weights, content))
    for name, module in {"transfer": "compare", "cluster": "summarise", "edge": "verify"}.items():
        path = f"pipelines/{name}/params.yaml"
        python = ROOT / "pipelines" / name / ".venv" / "bin" / "python"  # as make has left it
        if name == "cluster" and not python.exists():
            continue
        command = str(python) if python.exists() else "python", "-m", f"pipelines.{name}.{module}"
        yield Case(f"{name}'s {module} --what", (*command, "--what"), "--what")
        for words, content in {
            "nothing": b"",
            "a list": b"- 1\n",
            "bytes": bytes(range(256)),
            "another section": b"other: {a: 1}\n",
            "a text for a number": f"{name}: many\nsearch: many\n".encode(),
        }.items():
            yield Case(f"{path}: {words}", command, path, replace(path, content))


def every():
    """Return all of them."""
    yield from shown()
    yield from folders()
    yield from sources()
    yield from pipelines()
