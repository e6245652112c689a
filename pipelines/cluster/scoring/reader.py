"""The images of a chunk: encoded, or grey levels, each with its place in the input."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from mnist.core import text
from pipelines.cluster.scoring import chunks
from pipelines.cluster.scoring.chunks import Chunk

PIXELS = 28 * 28


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


def rows(system: pafs.FileSystem, chunk: Chunk) -> Iterator[Any]:
    """Yield what the column of images holds in the rows of a chunk of a Parquet file."""
    file = pq.ParquetFile(chunk.paths[0], filesystem=system)
    columns, row = [chunks.column(file.schema_arrow, chunk.paths[0])], 0
    for batch in file.iter_batches(chunks.IMAGES, row_groups=[chunk.group], columns=columns):
        wanted = slice(max(chunk.first - row, 0), max(chunk.last - row, 0))
        yield from batch.column(0)[wanted].to_pylist()
        row += len(batch)
        if row >= chunk.last:
            return


def image(path: str, row: int, value: Any) -> Image:
    """Return what a cell of a Parquet file's column of images holds."""
    content = value.get("bytes") if isinstance(value, dict) else value
    if content is None:
        return Image(path, row, None, "has no image")
    if not isinstance(content, list):
        return Image(path, row, content)
    if len(content) != PIXELS:
        return Image(path, row, None, f"has {len(content)} grey levels, expected {PIXELS}")
    if None in content:
        return Image(path, row, None, "has grey levels that are missing")
    return Image(path, row, np.array(content, np.uint8).reshape(28, 28))


def images(place: str, chunk: Chunk) -> Iterator[Image]:
    """Yield the images of a chunk; what cannot be read is yielded with its problem."""
    system, _ = chunks.opened(place)
    if chunk.group is None:
        for path in chunk.paths:
            try:
                with system.open_input_stream(path) as file:
                    yield Image(path, None, file.read())
            except (pa.ArrowException, OSError) as error:
                yield Image(path, None, None, f"cannot be read: {text.line(error)}")
        return
    (path,) = chunk.paths
    row = chunk.start + chunk.first
    try:
        for value in rows(system, chunk):
            yield image(path, row, value)
            row += 1
    except (pa.ArrowException, OSError) as error:  # the rest of the chunk is lost
        for each in range(row, chunk.start + chunk.last):
            yield Image(path, each, None, f"cannot be read: {text.line(error)}")
