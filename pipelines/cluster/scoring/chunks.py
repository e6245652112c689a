"""Where images come from: a folder of files, or Parquet, on any of pyarrow's file systems."""

import hashlib
import json
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq
from PIL import Image

from mnist.core import text
from mnist.core.errors import InputError
from mnist.photos import reading

# Of the formats that predict.py reads.
SUFFIXES = tuple(
    suffix for suffix, kind in Image.registered_extensions().items() if kind in reading.FORMATS
)
IMAGES = 500  # of a chunk: a second of work, which is what a lost worker costs
# Of a row group, which some writers give a million rows. Each chunk reads what lies before it.
MOST = 64


@dataclass(frozen=True)
class Chunk:
    """A part of the input that one worker reads.

    number: from 0; the name of what it leaves.
    paths: files of images; or one Parquet file.
    group: the row group of the Parquet file, or None of files of images.
    start: the row of the group's first image within its file.
    first, last: the rows of the group that are read, the last excluded.
    stamp: a digest of the files' sizes and times, since their content may be replaced.
    """

    number: int
    paths: tuple[str, ...]
    group: int | None = None
    start: int = 0
    first: int = 0
    last: int = 0
    stamp: str = ""


def named(place: str) -> str:
    """Return a path or URL as it may be printed, without a password."""
    return text.CREDENTIALS.sub("", text.printable(place))


def opened(place: str) -> tuple[pafs.FileSystem, str]:
    """Return the file system of a path or a URL, and the path in it.

    Raises InputError where it is unknown or does not answer.
    """
    try:
        if "://" in place:
            return pafs.FileSystem.from_uri(place)
        return pafs.LocalFileSystem(), place
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = f"{named(place)} cannot be opened: {text.line(error)}"
        advice = "name a path, or a URL (file://, s3://, gs://) whose credentials are set here"
        raise InputError(f"{reason}; {advice}") from error


def check_apart(source: str, target: str) -> None:
    """Raise InputError where a target lies in its source: what it gets would be read, too."""
    (system, outer), (other, inner) = map(opened, (source, target))
    if system != other:
        return
    if isinstance(system, pafs.LocalFileSystem):
        outer, inner = os.path.realpath(outer), os.path.realpath(inner)
    if f"{inner.rstrip('/')}/".startswith(f"{outer.rstrip('/')}/"):
        reason = f"{named(target)} lies in {named(source)}, where its rows would be read, too"
        raise InputError(f"{reason}; name a folder outside of it")


def stamp(files: Iterable[pafs.FileInfo]) -> str:
    """Return a digest of the sizes and times of files."""
    each = [(file.size, file.mtime_ns) for file in files]
    return hashlib.sha256(json.dumps(each).encode()).hexdigest()


def listed(place: str) -> list[pafs.FileInfo]:
    """Return all files of a folder, at any depth, in the order of their paths; or the file itself.

    Raises InputError where there is none, or it may not be read.
    """
    system, path = opened(place)
    name = named(place)
    try:
        info = system.get_file_info(path)
        if info.type == pafs.FileType.NotFound:
            raise InputError(f"{name} is not there; name a folder of images, or Parquet")
        if info.type == pafs.FileType.File:
            return [info]
        found = system.get_file_info(pafs.FileSelector(path, recursive=True))
    except (pa.ArrowException, OSError) as error:
        reason = f"{name} cannot be read: {text.line(error)}"
        raise InputError(f"{reason}; give yourself the right to, or name another") from error
    shown = (each for each in found if not each.base_name.startswith((".", "_")))
    files = (each for each in shown if each.type == pafs.FileType.File)
    return sorted(files, key=lambda each: each.path)


def column(schema: pa.Schema, path: str) -> str:
    """Return the column of a Parquet file that has images: bytes, or lists of 784 grey levels.

    Raises InputError where there is none, or several.
    """

    def holds(kind: pa.DataType) -> bool:
        if pa.types.is_struct(kind):  # as the datasets of Hugging Face have images
            return kind.get_field_index("bytes") >= 0
        listed = pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind)
        levels = listed and pa.types.is_uint8(kind.value_type)
        return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or levels

    found = [field.name for field in schema if holds(field.type)]
    if len(found) != 1:
        what = f"several columns of images ({', '.join(found)})" if found else "no column of images"
        name = text.printable(path)
        raise InputError(
            f"{name} has {what}; leave one, of encoded images or of 784 levels (uint8)"
        )
    return found[0]


def cut(place: str) -> list[Chunk]:
    """Return the chunks of a place. The same place has the same chunks."""
    files = listed(place)
    system, _ = opened(place)
    tables = [file for file in files if file.path.lower().endswith(".parquet")]
    images = [file for file in files if file.path.lower().endswith(SUFFIXES)]
    if tables and images:
        raise InputError(f"{named(place)} has images and Parquet; name a folder of one")
    if not tables and not images:
        kinds = ", ".join(sorted(SUFFIXES))
        raise InputError(f"{named(place)} has no image ({kinds}) and no .parquet")
    parts = [images[i : i + IMAGES] for i in range(0, len(images), IMAGES)]
    found = [
        Chunk(number, tuple(file.path for file in part), stamp=stamp(part))
        for number, part in enumerate(parts)
    ]
    for table in tables:
        path, its = table.path, stamp([table])
        try:
            about = pq.ParquetFile(path, filesystem=system)
        except (pa.ArrowException, OSError) as error:
            reason = f"{text.printable(path)} is no Parquet file: {text.line(error)}"
            raise InputError(f"{reason}; remove it or mend it") from error
        column(about.schema_arrow, path)
        start = 0
        for group in range(about.num_row_groups):
            rows = about.metadata.row_group(group).num_rows
            size = max(IMAGES, math.ceil(rows / MOST))
            for first in range(0, rows, size):
                last = min(first + size, rows)
                found.append(Chunk(len(found), (path,), group, start, first, last, its))
            start += rows
    return found
