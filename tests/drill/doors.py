"""What comes in through a door of the project and is wrong: parameters, files, command lines."""

import gzip
import io
import shutil

import numpy as np
from ruamel.yaml import YAML

from drill.harness import Case
from helpers import ROOT

CHECK = "python", "stages/check.py"
MODELS = "ann", "cnn"  # without the section of one, a project has a model less
VALUES = {
    "text": "many",
    "minus one": -1,
    "a thousand million": 10**9,
    "nothing": None,
    "a list in a list": [[1]],
}
FITS = {  # what a wrong value happens to be allowed for: (section, key): kinds
    ("preprocess", "seed"): ["a thousand million"],
}
TEXTS = {
    "nothing": b"",
    "a list": b"- 1\n- 2\n",
    "bytes": bytes(range(256)),
    "a tab": b"ann:\n\twidths: [1]\n",
    "a key twice": b"seeds: [0]\nseeds: [1]\n",
    "5,000 nested lists": b"a: " + b"[" * 5000 + b"]" * 5000,
    "an integer of 5,000 digits": b"a: " + b"9" * 5000,
    "an alias": b"a: &x [1]\nb: *x\n",
    "a megabyte": b"#" + b"x" * 1_000_000,
    "an object of Python": b"a: !!python/object/apply:os.system ['true']\n",
    "half of it": (ROOT / "params.yaml").read_bytes()[:700],
    "no sections": b"seeds: [0]\n",
}


def replace(name, content):
    """Return what writes content to a file of the project."""

    def hurt(project):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(content)

    return hurt


def remove(name):
    """Return what removes a file or folder of the project."""

    def hurt(project):
        path = project / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return hurt


def folder(name):
    """Return what puts a folder in the place of a file."""

    def hurt(project):
        (project / name).unlink(missing_ok=True)
        (project / name).mkdir(parents=True)

    return hurt


def cut(name):
    """Return what cuts a file in half."""

    def hurt(project):
        content = (project / name).read_bytes()
        (project / name).write_bytes(content[: len(content) // 2])

    return hurt


def parameter(section, key, value):
    """Return what sets a parameter, or a whole section where key is None."""

    def hurt(project):
        yaml, path = YAML(), project / "params.yaml"
        content = yaml.load(path)
        if key is None:
            content[section] = value
        else:
            content[section][key] = value
        yaml.dump(content, path)

    return hurt


def parameters():
    """Return the cases of params.yaml: each key with values that cannot be meant, and its form."""
    content = YAML(typ="safe").load(ROOT / "tests" / "params.yaml")
    for section, keys in content.items():
        if not isinstance(keys, dict):
            for words, value in VALUES.items():
                yield Case(f"{section}: {words}", CHECK, section, parameter(section, None, value))
            continue
        for key in keys:
            for words, value in VALUES.items():
                if words not in FITS.get((section, key), []):
                    hurt = parameter(section, key, value)
                    yield Case(f"{section}.{key}: {words}", CHECK, f"{section}.{key}", hurt)
        yield Case(f"{section}: an unknown key", CHECK, "unheard", parameter(section, "unheard", 1))
        if section not in MODELS:
            yield Case(f"{section}: gone", CHECK, section, lambda p, s=section: _without(p, s))
    for words, text in TEXTS.items():
        yield Case(f"params.yaml: {words}", CHECK, "params.yaml", replace("params.yaml", text))
    yield Case("params.yaml: missing", CHECK, "params.yaml", remove("params.yaml"))
    yield Case("params.yaml: a folder", CHECK, "params.yaml", folder("params.yaml"))


def _without(project, section):
    yaml, path = YAML(), project / "params.yaml"
    content = yaml.load(path)
    del content[section]
    yaml.dump(content, path)


READS = {  # stage: the files that it reads, of which a damaged one must be named
    "preprocess": ["data/raw/train-images-idx3-ubyte", "data/raw/t10k-labels-idx1-ubyte"],
    "train_ann --seed 0": ["data/prepared/train.npz", "data/prepared/dataset.json"],
    "train_cnn --seed 0": ["data/prepared/validation.npz"],
    "evaluate": [
        "data/prepared/test.npz",
        "data/models/ann/0/weights.pt",
        "data/models/ann/0/predictions.npz",
    ],
    "generalize": ["data/models/cnn/0/weights.pt", "data/others/sets.json"],
    "visualize": [
        "data/test.npz",
        "metrics/generalize.json",
        "metrics/seeds.csv",
        "metrics/selection.json",
        "metrics/test.json",
        "benchmarks/results/effects.csv",
        "benchmarks/results/labels.csv",
        "pipelines/edge/metrics/edge.json",
        "plots/tables/confusion/ann.csv",
        "plots/generalization/geometry.png",
    ],
    "predict": ["data/models/ann/0/weights.pt"],
}
OTHER = {  # content of the right kind, but other than what belongs there
    ".npz": ("other arrays", lambda: _npz(images=np.zeros(3))),
    ".json": ("a list", lambda: b"[]"),
    ".csv": ("another table", lambda: b"a,b\n1,2\n"),
    ".pt": ("an archive", lambda: _npz(a=np.zeros(1))),
    "": ("compressed", lambda: gzip.compress(b"\0" * 100)),
    ".png": ("nothing", lambda: b""),
}


def _npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def damaged():
    """Return the cases of files between the stages: cut, other, missing, a folder, text."""
    for stage, names in READS.items():
        script, *options = stage.split()
        command = "python", f"stages/{script}.py", *options
        for name in names:
            suffix = name[name.rindex(".") :] if "." in name.split("/")[-1] else ""
            words, other = OTHER[suffix]
            kinds = {words: replace(name, other()), "missing": remove(name)}
            kinds["a folder"] = folder(name)
            if suffix != ".png":
                kinds["no text"] = replace(name, b"\xff\xfe" * 50)
            if suffix not in (".png", ".csv"):  # half a table is a table
                kinds["cut in half"] = cut(name)
            for kind, hurt in kinds.items():
                yield Case(f"{stage}, {name}: {kind}", command, name.split("/")[-1], hurt)


def command_lines():
    """Return the cases of command lines that cannot be meant."""
    for script in ("check", "fetch", "preprocess", "evaluate", "visualize", "generalize"):
        yield Case(f"{script} --what", ("python", f"stages/{script}.py", "--what"), "--what")
    for script in ("train_ann", "train_cnn"):
        command = "python", f"stages/{script}.py"
        yield Case(f"{script} without a seed", command, "--seed")
        for seed in ("9", "x", "-1", "0.5", ""):
            yield Case(f"{script} --seed {seed!r}", (*command, "--seed", seed), "--seed")
    predict = "python", "stages/predict.py"
    yield Case("predict --model without images", (*predict, "--model", "x"), "--model")
    yield Case("predict --show a.jpg", (*predict, "a.png", "--show", "a.jpg"), "--show")
    yield Case("predict --show without images", (*predict, "--show", "a.png"), "--show")
    adapt = "python", "pipelines/transfer/adapt.py"
    yield Case("adapt without a folder", adapt, "required")
    yield Case("adapt to a folder that is not there", (*adapt, "nowhere", "-o", "x"), "nowhere")


def every():
    """Return all of them."""
    yield from parameters()
    yield from damaged()
    yield from command_lines()
