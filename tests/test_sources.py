import hashlib
import http.server
import sys
import threading

import pytest
import yaml

import fetch
from conftest import ROOT, run
from mnist import idx, sources, stage
from mnist.errors import Refused
from reference import torchvision

GOOD = b"the canonical bytes " * 1000
FILES = {"digits": hashlib.sha256(GOOD).hexdigest()}


class Server(http.server.BaseHTTPRequestHandler):
    """Answers by the first part of the path; counts what was asked."""

    asked: list = []  # noqa: RUF012

    def do_GET(self):
        kind = self.path.split("/")[1]
        self.asked.append(kind)
        if kind == "missing":
            return self.send_error(404)
        if kind == "broken" or (kind == "once-broken" and self.asked.count(kind) == 1):
            return self.send_error(503)
        if kind == "moved":
            self.send_response(302)
            self.send_header("Location", "/good/digits.gz")
            return self.end_headers()
        body = {
            "empty": b"",
            "short": GOOD[:-1],
            "long": GOOD + b"x",
            "endless": GOOD * 100,
            "page": b"\n<!DOCTYPE html><p>Please log in",
            "other": GOOD[:-1] + b"x",
        }.get(kind, GOOD)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + 100 * (kind == "cut")))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if kind == "cut" else body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


BAD = {
    "missing": "HTTP Error 404",
    "broken": "HTTP Error 503",
    "empty": "0 bytes",
    "short": "19,999 bytes",
    "cut": "part of it",
    "long": "20,001 bytes",
    "endless": "2,000,000 bytes",
    "page": "a web page",
    "other": "another file",
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_download_is_refused_with_its_reason(kind, server):
    with pytest.raises(Refused, match=BAD[kind]):
        sources.verified(f"{server}/{kind}", "digits.gz", FILES["digits"])


def test_what_was_published_with_md5_is_held_against_it(server):
    digest = hashlib.md5(GOOD).hexdigest()
    assert sources.verified(f"{server}/good", "digits.gz", digest) == GOOD
    with pytest.raises(Refused, match=r"20,000 bytes and their MD5"):
        sources.verified(f"{server}/other", "digits.gz", digest)


@pytest.mark.parametrize("kind", ["good", "good/", "moved", "once-broken"])
def test_a_good_download_is_returned(kind, server):
    assert sources.verified(f"{server}/{kind}", "digits.gz", FILES["digits"]) == GOOD


def test_a_failed_download_is_tried_again_but_not_a_wrong_file(server):
    Server.asked.clear()
    for kind in ("broken", "other"):
        with pytest.raises(Refused):
            sources.verified(f"{server}/{kind}", "digits.gz", FILES["digits"])
    assert [Server.asked.count(kind) for kind in ("broken", "other")] == [2, 1]


def test_an_endless_answer_is_cut_off(server, monkeypatch):
    monkeypatch.setattr(sources, "BLOCKS", 20)
    assert len(sources.download(f"{server}/endless/digits.gz")) == 20 * sources.BLOCK


def folders(tmp_path):
    for name, content in {"short": GOOD[:9], "other": b"y" * len(GOOD), "page": b"<html>"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "digits.gz").write_bytes(content)
    (tmp_path / "directory" / "digits.gz").mkdir(parents=True)
    return [str(tmp_path / name) for name in ("short", "other", "page", "directory", "nowhere")]


def test_every_source_that_failed_is_listed_with_its_reason(tmp_path, server):
    tried = [
        *folders(tmp_path),
        f"{server}/page",
        "http://127.0.0.1:9/closed",
        "ftp-but-wrong://x",
    ]
    with pytest.raises(Refused) as refusal:
        sources.mnist(tried, FILES)
    message = str(refusal.value)
    assert all(f"{source}: " in message for source in tried)
    assert "fetch.dataset=optdigits" in message and "\n" not in message


def test_the_first_source_that_has_the_file_serves(tmp_path, server):
    assert sources.mnist([*folders(tmp_path), f"{server}/good"], FILES) == {"digits.gz": GOOD}


def test_the_order_is_the_variable_then_the_folder_beside_then_the_public_mirrors(
    monkeypatch, tmp_path
):
    (tmp_path / "checkout").mkdir()
    monkeypatch.chdir(tmp_path / "checkout")
    monkeypatch.delenv("MNIST_MIRROR", raising=False)
    assert sources.known() == list(sources.MIRRORS)
    assert all(mirror.startswith("https://") for mirror in sources.MIRRORS)
    (tmp_path / "shared" / "mnist").mkdir(parents=True)
    monkeypatch.setenv("MNIST_MIRROR", "/a/folder")
    assert sources.known() == ["/a/folder", "../shared/mnist", *sources.MIRRORS]


@pytest.mark.parametrize("kind", [*BAD, "folder"])
def test_the_stage_fails_in_one_line_and_leaves_nothing(kind, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parameters = yaml.safe_load((ROOT / "params.yaml").read_text())
    parameters["fetch"]["dataset"] = "mnist"
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(parameters))
    monkeypatch.setattr(sources, "MIRRORS", ())
    monkeypatch.setattr(sources, "MNIST", FILES)
    monkeypatch.setattr(sys, "argv", ["stages/fetch.py"])
    nowhere = str(tmp_path / "nowhere")
    monkeypatch.setenv("MNIST_MIRROR", nowhere if kind == "folder" else f"{server}/{kind}")
    with pytest.raises(SystemExit) as stopped:
        stage.run(fetch.main)
    assert stopped.value.code.startswith("fetch: no source has digits.gz")
    assert "\n" not in stopped.value.code
    assert [path.name for path in tmp_path.iterdir()] == ["params.yaml"]


def test_optdigits_come_in_the_form_of_mnist_and_the_same_each_time(tmp_path):
    found = sources.optdigits()
    assert found == sources.optdigits()
    assert found.keys() == {f"{stem}.gz" for stem in sources.MNIST}
    for name, data in found.items():
        (tmp_path / name).write_bytes(data)
    sizes = []
    for half in ("train", "t10k"):
        images, labels = idx.read_pair(tmp_path, half)
        assert images.max() == 255 and not images[:, :4].any() and not images[:, :, 24:].any()
        assert set(labels) == set(range(10))
        sizes.append(len(images))
    assert sizes == [1497, 300]


def test_fetch_never_imports_torch():
    code = "import sys; from mnist import files, sources; sys.exit('torch' in sys.modules)"
    run(sys.executable, "-c", code, cwd=ROOT / "stages")


def test_the_files_are_those_that_torchvision_knows():
    theirs = torchvision().datasets.MNIST
    assert {name for name, _ in theirs.resources} == {f"{stem}.gz" for stem in sources.MNIST}
    assert f"{sources.MIRRORS[0]}/" in theirs.mirrors


@pytest.mark.skipif(not (ROOT / sources.BESIDE).is_dir(), reason="no mirror beside the checkout")
def test_the_real_files_are_verified(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert len(sources.mnist([sources.BESIDE], sources.MNIST)) == 4
