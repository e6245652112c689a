"""External test sets come verified or not at all, and without them the pipeline goes on."""

import bz2
import gzip
import hashlib
import json
import struct
from dataclasses import replace

import numpy as np
import pytest

import fetch_others
from mnist.data import accepted, datasets, download, external, idx
from reference import torchvision

MNIST_SETS = {"dataset": "mnist"}
NOWHERE = "http://127.0.0.1:9"
LABELS = "qmnist-test-labels-idx2-int.gz"


@pytest.fixture
def published(digits):
    """Return {file: bytes} of small sets in the form of the published ones."""
    images, labels = digits[0][:40], digits[1][:40]
    small = images[:, 6:22, 6:22]
    lines = [
        f"{label + 1} " + " ".join(f"{i}:{v / 127.5 - 1:.6f}" for i, v in enumerate(x.flat, 1))
        for x, label in zip(small, labels, strict=True)
    ]
    columns = np.zeros((40, 8), ">i4")
    columns[:, 0], columns[:, 2] = labels, 2000 + np.arange(40) // 4
    header = bytes.fromhex("00000c02") + struct.pack(">2I", 40, 8)
    return {
        "usps.t.bz2": bz2.compress("\n".join(lines).encode()),
        "qmnist-test-images-idx3-ubyte.gz": gzip.compress(idx.encode(images)),
        LABELS: gzip.compress(header + columns.tobytes()),
        "t10k-images-idx3-ubyte.gz": gzip.compress(idx.encode(255 - images)),
    }


def point_to(address, published, monkeypatch):
    """Let every set be published at an address, with the digests of the small files."""

    def digest(name):
        if name in published:
            return hashlib.md5(published[name]).hexdigest()
        return hashlib.sha256(gzip.decompress(published[f"{name}.gz"])).hexdigest()

    for name, published_set in external.SETS.items():
        files = {file: digest(file) for file in published_set.files}
        small = replace(published_set, address=address, files=files)
        monkeypatch.setitem(external.SETS, name, small)
    monkeypatch.setattr(external, "MNIST_TEST", 10)
    for variable in ("OTHERS_MIRROR", "FASHION_MNIST_MIRROR"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def served(published, server, tmp_path, monkeypatch):
    """Serve the small sets as if they were the published ones; return the served {path: …}."""
    for name, data in published.items():
        server.files[f"/sets/{name}"] = data, "application/octet-stream"
    point_to(f"{server.address}/sets", published, monkeypatch)
    monkeypatch.chdir(tmp_path)
    return server.files


def had(tmp_path):
    return json.loads((tmp_path / "data" / "others" / "sets.json").read_text())


def test_what_can_be_had_is_written_as_published(served, tmp_path, digits):
    fetch_others.main(MNIST_SETS)
    assert had(tmp_path) == {"usps": True, "qmnist": True, "clothes": True}
    usps, qmnist, clothes = (
        np.load(tmp_path / "data" / "others" / f"{name}.npz") for name in external.SETS
    )
    assert (usps["images"] == digits[0][:40, 6:22, 6:22]).all()
    assert (usps["labels"] == digits[1][:40]).all()
    assert (qmnist["images"] == digits[0][10:40]).all()
    assert (qmnist["labels"] == digits[1][10:40]).all()
    assert qmnist["writers"].tolist() == [2000 + i // 4 for i in range(10, 40)]
    assert (clothes["images"] == 255 - digits[0][:40]).all()


def test_the_same_sets_are_the_same_bytes(served, tmp_path):
    made = []
    for _ in range(2):
        fetch_others.main(MNIST_SETS)
        files = sorted((tmp_path / "data" / "others").iterdir())
        made.append([(path.name, path.read_bytes()) for path in files])
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: None, "HTTP 404"),
        (lambda data: data[:-1], "another file, or a part of it"),
        (lambda data: b"<html>Please log in", "a web page"),
    ],
)
def test_what_cannot_be_had_is_told_in_a_line_and_no_failure(
    damage, reason, served, server, tmp_path, capsys
):
    data, kind = served.pop(f"/sets/{LABELS}")
    served[f"/sets/{LABELS}"] = damage(data), kind
    if damage(data) is None:
        served.pop(f"/sets/{LABELS}")
        point = external.SETS["qmnist"]
        external.SETS["qmnist"] = replace(point, address=f"{server.address}/missing")
    fetch_others.main(MNIST_SETS)
    assert had(tmp_path) == {"usps": True, "qmnist": False, "clothes": True}
    assert not (tmp_path / "data" / "others" / "qmnist.npz").exists()
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("fetch_others: qmnist will not be measured: no source has qmnist-test-")
    assert reason in line and "OTHERS_MIRROR" in line


def test_whether_or_not_there_is_a_network_is_all_that_the_outputs_tell(
    published, served, tmp_path, monkeypatch, capsys
):
    fetch_others.main(MNIST_SETS)  # what it brings is gone when the next run does not
    point_to(NOWHERE, published, monkeypatch)
    capsys.readouterr()
    fetch_others.main(MNIST_SETS)
    assert len(capsys.readouterr().out.splitlines()) == 3
    (only,) = (tmp_path / "data" / "others").iterdir()
    assert json.loads(only.read_text()) == dict.fromkeys(external.SETS, False)


@pytest.mark.parametrize("packed", [True, False])
def test_a_mirror_is_tried_first(packed, published, served, server, tmp_path, monkeypatch, capsys):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    for name, data in published.items():
        (mirror / name).write_bytes(data)
    if not packed:  # of Fashion-MNIST it is known what the file unpacks to
        path = mirror / "t10k-images-idx3-ubyte.gz"
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    monkeypatch.setenv("OTHERS_MIRROR", str(mirror))
    fetch_others.main(MNIST_SETS)
    assert all(had(tmp_path).values()) and capsys.readouterr().out == "" and not server.asked


def test_clothes_come_from_the_mirror_of_fashion_mnist_too(
    published, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    point_to(NOWHERE, published, monkeypatch)
    name = "t10k-images-idx3-ubyte.gz"
    (tmp_path / name).write_bytes(published[name])
    monkeypatch.setenv("FASHION_MNIST_MIRROR", str(tmp_path))
    fetch_others.main(MNIST_SETS)
    assert had(tmp_path) == {"usps": False, "qmnist": False, "clothes": True}
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [("optdigits", "is to need no network"), ("fashion_mnist", "has no digits")],
)
def test_none_is_brought_for_a_data_set_that_has_no_use_for_it(
    name, reason, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(external, "bring", None)
    fetch_others.main({"dataset": name})
    assert had(tmp_path) == dict.fromkeys(external.SETS, False)
    (line,) = capsys.readouterr().out.splitlines()
    assert line == f"fetch_others: external test sets skipped: {name} {reason}"


def test_a_silent_server_costs_a_line_per_set(server, published, tmp_path, monkeypatch, capsys):
    point_to(f"{server.address}/silent", published, monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(external, "QUICK", download.Limits(answer=0.3, retries=0))
    fetch_others.main(MNIST_SETS)
    assert capsys.readouterr().out.count("no answer within 0.3 seconds") == 3
    assert len(server.asked) <= 3


def test_a_set_that_takes_too_long_is_given_up(server, published, tmp_path, monkeypatch, capsys):
    point_to(f"{server.address}/steady", published, monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(external, "PATIENCE", 0.3)
    fetch_others.main(MNIST_SETS)
    assert capsys.readouterr().out.count("took too long") == 3


def test_a_password_is_not_told(server, published, tmp_path, monkeypatch, capsys):
    point_to(NOWHERE, published, monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OTHERS_MIRROR", f"{server.with_password()}/rude")
    fetch_others.main(MNIST_SETS)
    shown = "".join(capsys.readouterr())
    assert server.asked and "s3cret" not in shown and "\x1b" not in shown
    assert f"{server.address}/rude: HTTP 499" in shown


def test_the_files_are_those_that_torchvision_knows():
    theirs = torchvision().datasets
    url, name, digest = theirs.USPS.split_list["test"]
    known = {name: (url, digest)}
    for address, digest in theirs.QMNIST.resources["test"]:
        known[address.rpartition("/")[2]] = address, digest
    for name in ("usps", "qmnist"):
        published = external.SETS[name]
        for file, digest in published.files.items():
            assert known[file] == (f"{published.address}/{file}", digest)


def test_clothes_are_the_test_images_of_fashion_mnist():
    published = external.SETS["clothes"]
    assert published.files.items() <= datasets.FASHION_MNIST.files.items()
    assert published.address in datasets.FASHION_MNIST.mirrors
    assert accepted.FETCH["dataset"].holds("fashion_mnist")
