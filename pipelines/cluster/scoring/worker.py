"""What one worker does with a chunk: from images to rows, as predict.py does it."""

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq
import ray
import torch
from torch import nn

from mnist.core.errors import InputError
from mnist.core.text import line, printable
from mnist.models import ensemble
from mnist.photos import pages, reading
from pipelines.cluster.scoring import chunks, reader
from pipelines.cluster.scoring.chunks import Chunk
from pipelines.cluster.scoring.reader import Image

SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("row", pa.int64()),
        ("place", pa.int32()),
        ("digit", pa.int8()),
        ("probability", pa.float32()),
        ("runner_up", pa.int8()),
        ("sure", pa.bool_()),
        ("problem", pa.string()),
    ]
)


def digits(image: Image) -> np.ndarray:
    """Return the digits of an image, uint8 (k, 28, 28), in reading order.

    Raises InputError where it cannot be read or shows no digit.
    """
    if image.problem:
        raise InputError(image.problem)
    name = printable(image.source)
    if isinstance(image.content, bytes):
        return pages.digits(reading.decode(image.content, name))
    return pages.digits(image.content / 255)


def rows(images: Iterable[Image], networks: Sequence[nn.Module], unsure_below: float) -> pa.Table:
    """Return a row for each digit of images, and one with the problem of each other image."""
    named, prepared, problems = [], [], {}
    for number, image in enumerate(images):
        named.append((image.source, image.row))
        try:
            prepared.append((number, digits(image)))
        except InputError as error:
            problems[number] = str(error)
    several = [np.zeros((0, 28, 28), np.uint8), *(each for _, each in prepared)]
    said = iter(ensemble.predict(networks, np.concatenate(several)))
    found = []
    for number, each in prepared:
        for place in range(1, len(each) + 1):
            probabilities = next(said)
            first, second = map(int, probabilities.argsort()[::-1][:2])
            chance = float(probabilities[first])
            values = place, first, chance, second, chance >= unsure_below, None
            found.append((number, *values))
    found += [(number, None, None, None, None, None, why) for number, why in problems.items()]
    ordered = sorted(found, key=lambda row: (row[0], row[1] or 0))
    lines = [(*named[n], *row) for n, *row in ordered]
    names = SCHEMA.names
    return pa.Table.from_pylist([dict(zip(names, x, strict=True)) for x in lines], SCHEMA)


def path(folder: str, chunk: Chunk) -> str:
    """Return the file that a chunk's rows are written into, in the folder's file system."""
    return f"{folder}/part-{chunk.number:07d}.parquet"


class Scorer:
    """A worker: it holds the networks, and reads one chunk after the other.

    Ray starts it anew where its process is lost, and gives it the chunk again: what a chunk leaves
    has its number for a name and is there whole or not at all, so that no image counts twice.
    """

    def __init__(
        self,
        source: str,
        target: str,
        networks: list[ray.ObjectRef],
        unsure_below: float,
        folder: str,
    ):
        # Relative paths are of where the command was given, which other machines may lack.
        if not all("://" in each or os.path.isabs(each) for each in (source, target)):
            os.chdir(folder)
        torch.set_num_threads(1)
        self.source, self.target = source, target
        (self.networks,), self.unsure_below = ray.get(networks), unsure_below

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Read chunks, each as JSON; return for each why its rows were not written, or ''.

        A chunk whose rows are there was read by a worker that was lost later in its task.
        """
        failed = []
        for each in batch["chunk"]:
            try:
                self.read(Chunk(*json.loads(each)))
                failed.append("")
            except (pa.ArrowException, OSError) as error:
                failed.append(line(error))
        return {"failed": np.array(failed)}

    def read(self, chunk: Chunk) -> None:
        """Write the rows of a chunk, if they are not there."""
        system, folder = chunks.opened(self.target)
        name = path(folder, chunk)
        if system.get_file_info(name).type == pafs.FileType.File:
            return
        half = f"{folder}/.half-{chunk.number:07d}.parquet"
        try:
            given = reader.images(self.source, chunk)
            pq.write_table(rows(given, self.networks, self.unsure_below), half, filesystem=system)
            system.move(half, name)
        except (pa.ArrowException, OSError):
            with suppress(pa.ArrowException, OSError):
                system.delete_file(half)
            raise
