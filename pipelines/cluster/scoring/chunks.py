"""Where images come from: a folder of files, or Parquet, on any of pyarrow's file systems."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from mnist.core import text
from mnist.core.errors import InputError

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".ppm")
IMAGES = 500  # files of a chunk: seconds of work, which is what a lost worker costs
PIXELS = 28 * 28


@dataclass(frozen=True)
class Chunk:
    """A part of the input that one worker reads.

    number: from 0; the name of what it leaves.
    paths: files of images; or one Parquet file.
    group: the row group of the Parquet file, or None of files of images.
    first: the row of the group's first image within its file.
    """

    number: int
    paths: tuple[str, ...]
    group: int | None = None
    first: int = 0


@dataclass(frozen=True)
class Image:
    """One image of the input.

    source: the file, as it was named.
    row: its row in a Parquet file, or None.
    content: an encoded image, or grey levels, uint8 (28, 28); None where it could not be read.
    problem: why not.
    """

    source: str
    row: int | None
    content: bytes | np.ndarray | None
    problem: str = ""


def opened(place: str) -> tuple[pafs.FileSystem, str]:
    """Return the file system of a path or a URL, and the path in it.

    Raises InputError where it is unknown or does not answer.
    """
    try:
        if "://" in place:
            return pafs.FileSystem.from_uri(place)
        return pafs.LocalFileSystem(), place
    except (pa.ArrowException, OSError, ValueError) as error:
        name = text.printable(place)
        reason = f"{name} is no file system that is known here: {text.line(error)}"
        raise InputError(f"{reason}; name a path, or file://, s3:// or gs://") from error


def listed(place: str) -> list[str]:
    """Return the paths of all files of a folder, at any depth, in order; or the file itself.

    Raises InputError where there is none, or it may not be read.
    """
    system, path = opened(place)
    name = text.printable(place)
    try:
        info = system.get_file_info(path)
        if info.type == pafs.FileType.NotFound:
            raise InputError(f"{name} is not there; name a folder of images, or Parquet")
        if info.type == pafs.FileType.File:
            return [path]
        found = system.get_file_info(pafs.FileSelector(path, recursive=True))
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"{name} cannot be read: {text.line(error)}; see what may be read"
        ) from error
    files = (each.path for each in found if each.type == pafs.FileType.File)
    return sorted(path for path in files if not path.rpartition("/")[2].startswith((".", "_")))


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
    paths = listed(place)
    system, _ = opened(place)
    tables = [path for path in paths if path.lower().endswith(".parquet")]
    images = [path for path in paths if path.lower().endswith(SUFFIXES)]
    if tables and images:
        raise InputError(f"{text.printable(place)} has images and Parquet; name a folder of one")
    if not tables and not images:
        kinds = ", ".join(SUFFIXES)
        raise InputError(f"{text.printable(place)} has no image ({kinds}) and no .parquet")
    parts = [images[i : i + IMAGES] for i in range(0, len(images), IMAGES)]
    found = [Chunk(number, tuple(part)) for number, part in enumerate(parts)]
    for path in tables:
        try:
            about = pq.ParquetFile(path, filesystem=system)
        except (pa.ArrowException, OSError) as error:
            reason = f"{text.printable(path)} is no Parquet file: {text.line(error)}"
            raise InputError(f"{reason}; remove it or mend it") from error
        column(about.schema_arrow, path)
        first = 0
        for group in range(about.num_row_groups):
            found.append(Chunk(len(found), (path,), group, first))
            first += about.metadata.row_group(group).num_rows
    return found


def images(place: str, chunk: Chunk) -> Iterator[Image]:
    """Yield the images of a chunk; what cannot be read is yielded with its problem."""
    system, _ = opened(place)
    if chunk.group is None:
        for path in chunk.paths:
            try:
                with system.open_input_stream(path) as file:
                    yield Image(path, None, file.read())
            except (pa.ArrowException, OSError) as error:
                yield Image(path, None, None, f"cannot be read: {text.line(error)}")
        return
    (path,) = chunk.paths
    file = pq.ParquetFile(path, filesystem=system)
    table = file.read_row_group(chunk.group, columns=[column(file.schema_arrow, path)])
    for row, value in enumerate(table.column(0), chunk.first):
        content = value.as_py()
        content = content.get("bytes") if isinstance(content, dict) else content
        if isinstance(content, list):
            if len(content) != PIXELS:
                problem = f"has {len(content)} grey levels, expected {PIXELS}"
                yield Image(path, row, None, problem)
                continue
            content = np.array(content, np.uint8).reshape(28, 28)
        yield Image(path, row, content, "" if content is not None else "has no image")
