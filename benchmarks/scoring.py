"""What reading by the million gives: images a second and memory, beside a plain loop.

    PYTHONPATH=stages:. pipelines/cluster/.venv/bin/python benchmarks/scoring.py    # half an hour

MNIST's images, repeated, lie in Parquet as grey levels. The plain loop does the same work in one
process with as many threads as the machine has cores, without Ray. A line of scoring.csv is one run
in processes of its own, from start to end; memory is the highest sum over all of them, Ray's too,
of what each has for itself and its part of what several share (PSS). What is finished is skipped.
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import measuring
from mnist.core import files, params
from mnist.data import prepared
from mnist.models import weights
from mnist.photos import answers
from pipelines.cluster import score
from pipelines.cluster.scoring import chunks, reader, worker

PATH = measuring.RESULTS / "scoring.csv"
SCRIPT = Path("pipelines/cluster/score.py")
KEY = ["workers", "images", "round"]  # 0 workers are the plain loop
SPEED, ROUNDS, WORKERS = 20_000, 3, (0, 1, 2)  # a worker for each of two cores at most
MEMORY = 10_000, 100_000, 1_000_000  # by all workers, once
GROUP = 10_000  # rows of a row group


def plan():
    """Yield the keys of all runs; those whose seconds are compared take turns."""
    for number in range(ROUNDS):
        yield from ((workers, SPEED, number) for workers in WORKERS)
    yield from ((max(WORKERS), images, 0) for images in MEMORY)


def write(path, images):
    """Write so many images into a Parquet file, (n, 28, 28) as lists of grey levels."""
    given = np.concatenate([prepared.load(part)[0] for part in ("test", "train")])
    kind = pa.list_(pa.uint8(), reader.PIXELS)
    with pq.ParquetWriter(path, pa.schema([("image", kind)])) as file:
        for first in range(0, images, GROUP):
            rows = given[np.arange(first, min(first + GROUP, images)) % len(given)]
            levels = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), reader.PIXELS)
            file.write_table(pa.table({"image": levels.cast(kind)}))


def plain(source, target):
    """Read a Parquet file into a folder as score.py does, in this process."""
    settings = measuring.settings()
    model = score.best(params.models(settings))
    networks = weights.load_all([model], settings["seeds"])[model]
    below = answers.thresholds([model])[model]
    Path(target).mkdir()
    for chunk in chunks.cut(source):
        table = worker.rows(reader.images(source, chunk), networks, below)
        pq.write_table(table, worker.path(target, chunk))


def run(source, workers, images):
    """Return what one run took: seconds, images a second, highest memory in MiB, bytes a row."""
    with tempfile.TemporaryDirectory() as scratch:
        target = str(Path(scratch, "answers"))
        by_ray = [SCRIPT, source, target, "--workers", str(workers)]
        line = by_ray if workers else [__file__, source, target]
        seconds, highest = measuring.watched([sys.executable, *line])
        rows = len(pq.read_table(target, columns=["place"]))
        size = sum(path.stat().st_size for path in Path(target).iterdir())
        if rows < images:
            sys.exit(f"{rows} rows of {images} images")
    found = {"seconds": round(seconds, 1), "rate": round(images / seconds, 1)}
    return found | {"mebibytes": round(highest), "bytes_per_row": round(size / rows, 1)}


def main():
    """Run what is not finished yet."""
    lines = measuring.finished(PATH, KEY)
    with tempfile.TemporaryDirectory() as scratch:
        for key in plan():
            if key in lines:
                continue
            workers, images, _ = key
            source = Path(scratch, f"{images}.parquet")
            if not source.exists():
                write(source, images)
            found = run(source, workers, images)
            print(*key, found, flush=True)
            lines[key] = dict(zip(KEY, key, strict=True)) | found | measuring.made()
            files.write_csv(PATH, pd.DataFrame(lines.values()))


if __name__ == "__main__":
    if sys.argv[1:]:
        import torch

        torch.set_num_threads(os.cpu_count() or 1)
        plain(*sys.argv[1:])
    else:
        main()
