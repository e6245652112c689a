"""Other published images come verified or not at all, and without them the pipeline goes on."""

import bz2
import gzip
import hashlib
import http.server
import json
import struct
import threading
import time
from functools import partial

import numpy as np
import pytest

import fetch_others
from mnist import idx, others
from mnist.errors import Refused
from reference import torchvision

MNIST_SETS = {"dataset": "mnist"}


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
        "qmnist-test-images-idx3-ubyte.gz": idx.encode(images),
        "qmnist-test-labels-idx2-int.gz": gzip.compress(header + columns.tobytes()),
        "t10k-images-idx3-ubyte.gz": idx.encode(255 - images),
    }


@pytest.fixture
def served(published, tmp_path, monkeypatch):
    """Serve the small sets as if they were the published ones; return the folder."""
    folder = tmp_path / "served"
    folder.mkdir()
    for name, data in published.items():
        (folder / name).write_bytes(data)
    handler = partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        point_to(f"http://127.0.0.1:{running.server_port}", published, monkeypatch)
        monkeypatch.chdir(tmp_path)
        yield folder
        running.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def point_to(address, published, monkeypatch):
    """Let every set be published at an address, with the digests of the small files."""
    sets = {
        name: (address, {file: hashlib.md5(published[file]).hexdigest() for file in digests}, read)
        for name, (_, digests, read) in others.SETS.items()
    }
    monkeypatch.setattr(others, "SETS", sets)
    monkeypatch.setattr(others, "MNIST_TEST", 10)
    monkeypatch.delenv("OTHERS_MIRROR", raising=False)


def had(tmp_path):
    return json.loads((tmp_path / "data" / "others" / "sets.json").read_text())


def test_what_can_be_had_is_written_as_published(served, tmp_path, digits):
    fetch_others.main(MNIST_SETS)
    assert had(tmp_path) == {"usps": True, "qmnist": True, "clothes": True}
    usps, qmnist, clothes = (
        np.load(tmp_path / "data" / "others" / f"{name}.npz") for name in others.SETS
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
        (lambda path: path.unlink(), "HTTP Error 404"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "another file, or a part of it"),
        (lambda path: path.write_bytes(b"<html>Please log in"), "a web page"),
    ],
)
def test_what_cannot_be_had_is_told_in_a_line_and_no_failure(
    damage, reason, served, tmp_path, capsys
):
    damage(served / "qmnist-test-labels-idx2-int.gz")
    fetch_others.main(MNIST_SETS)
    assert had(tmp_path) == {"usps": True, "qmnist": False, "clothes": True}
    assert not (tmp_path / "data" / "others" / "qmnist.npz").exists()
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("fetch_others: qmnist will not be measured: no source has qmnist-test-l")
    assert reason in line and "OTHERS_MIRROR" in line


def test_whether_or_not_there_is_a_network_is_all_that_the_outputs_tell(
    published, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    point_to("http://127.0.0.1:9", published, monkeypatch)
    fetch_others.main(MNIST_SETS)
    assert len(capsys.readouterr().out.splitlines()) == 3
    (only,) = (tmp_path / "data" / "others").iterdir()
    assert json.loads(only.read_text()) == dict.fromkeys(others.SETS, False)


def test_a_mirror_is_tried_first(served, tmp_path, published, monkeypatch, capsys):
    point_to("http://127.0.0.1:9", published, monkeypatch)
    monkeypatch.setenv("OTHERS_MIRROR", str(served))
    fetch_others.main(MNIST_SETS)
    assert all(had(tmp_path).values()) and capsys.readouterr().out == ""


def test_digits_that_need_no_network_ask_for_none(served, tmp_path, monkeypatch):
    monkeypatch.setattr(others, "bring", None)
    fetch_others.main({"dataset": "optdigits"})
    assert not any(had(tmp_path).values())


def test_who_never_answers_is_waited_for_in_vain_but_not_long(
    published, tmp_path, monkeypatch, capsys
):
    with http.server.socketserver.TCPServer(("127.0.0.1", 0), None) as silent:
        point_to(f"http://127.0.0.1:{silent.server_address[1]}", published, monkeypatch)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setitem(others.QUICK, "timeout", 0.1)
        start = time.monotonic()
        fetch_others.main(MNIST_SETS)
    assert time.monotonic() - start < 5
    assert capsys.readouterr().out.count("timed out") == 3


def test_what_trickles_is_given_up_and_what_fails_fails_as_it_would():
    with pytest.raises(Refused, match=r"took longer than 0\.05 seconds"):
        others.within(0.05, lambda: time.sleep(1))
    with pytest.raises(ZeroDivisionError):
        others.within(5, lambda: 1 / 0)
    assert others.within(5, lambda: None) is None


def test_the_files_are_those_that_torchvision_knows():
    theirs = torchvision().datasets
    url, name, digest = theirs.USPS.split_list["test"]
    known = {name: (url, digest)}
    for address, digest in theirs.QMNIST.resources["test"]:
        known[address.rpartition("/")[2]] = address, digest
    for name, digest in theirs.FashionMNIST.resources:
        known[name] = theirs.FashionMNIST.mirrors[0] + name, digest
    for address, digests, _ in others.SETS.values():
        for name, digest in digests.items():
            assert known[name] == (f"{address}/{name}", digest)
