"""Read images by the million: python pipelines/cluster/score.py IN OUT.

IN is a folder of images, a Parquet file or a folder of them, or the URL of one (file://, s3://,
gs://); OUT a folder or a URL that gets Parquet, a row for each digit as predict.py finds and reads
it, or with the reason why there is none. Called again, it goes on where it was stopped.
"""

import hashlib
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

if not __package__:  # run by its path: what it imports lies elsewhere
    ROOT = Path(__file__).resolve().parents[2]
    sys.path[:1] = [str(ROOT), str(ROOT / "stages")]

import pyarrow as pa
import pyarrow.fs as pafs
import ray

from mnist.core import command, files, runs, text
from mnist.core.errors import InputError
from mnist.models import weights
from mnist.photos import answers
from mnist.training import checkpoints
from pipelines.cluster import joining
from pipelines.cluster.scoring import chunks, reader, worker

ABOUT = "_about.json"  # readers of Parquet leave out what begins with _
DRAFT = ".about.json"  # while it is written
# What else decides a row.
CODE = [list(Path(package.__file__).parent.glob("*.py")) for package in (answers, weights, worker)]
BLOCKS = 10_000  # tasks of Ray's, each of one chunk or more; it keeps some kilobytes for each


def options(parser):
    """Add the command line's arguments to an argparse.ArgumentParser."""
    parser.add_argument("source", metavar="IN", help="a folder of images, Parquet, or a URL")
    parser.add_argument("target", metavar="OUT", help="a folder for Parquet, or a URL")
    parser.add_argument("--model", help="which model reads; else the best on validation")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="else one per core")


def best(models: Sequence[str]) -> str:
    """Return the model whose networks together are right most often on the validation images."""
    chosen = files.read_json(answers.SELECTION)
    with files.reading(answers.SELECTION):
        return max(models, key=lambda name: chosen[name]["validation_together"])


def described(source: str, model: str, seeds: Sequence[int], parts: Sequence) -> dict[str, Any]:
    """Return what decides the rows: as long as it is the same, a stopped run may go on."""
    listed = json.dumps([(each.paths, each.stamp) for each in parts])
    files = hashlib.sha256(listed.encode()).hexdigest()
    about = {"source": source, "model": model, "chunks": len(parts), "files": files}
    about["code"] = checkpoints.key(None, [file for folder in CODE for file in sorted(folder)])
    return about | {"networks": {str(seed): runs.digest(model, seed) for seed in seeds}}


def begin(target: str, about: Mapping[str, Any]) -> set[str]:
    """Return the names of what earlier calls have left in the target, which is made where missing.

    Raises InputError where it holds anything else, or is about other images or networks.
    """
    system, folder = chunks.opened(target)
    name, path = chunks.named(target), f"{folder}/{ABOUT}"
    try:
        system.create_dir(folder, recursive=True)
        found = system.get_file_info(pafs.FileSelector(folder))
        there = {each.base_name for each in found} - {DRAFT}
        if ABOUT in there:
            with system.open_input_stream(path) as file:
                kept = json.loads(file.read())
        else:
            if there:
                reason = f"{name} also holds {text.printable(min(there))}"
                raise InputError(f"{reason}; name an empty folder, or one that does not exist")
            kept = dict(about)
            with system.open_output_stream(f"{folder}/{DRAFT}") as file:
                file.write(json.dumps(kept, indent=2).encode())
            system.move(f"{folder}/{DRAFT}", path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{name} cannot be written: {text.line(error)}; name another") from error
    changed = [key for key in about if kept.get(key) != about[key]]
    if changed:
        reason = f"{name} was begun with other {', '.join(changed)}"
        raise InputError(f"{reason}; name a new folder, or give the same")
    return there


def follow(done: ray.data.Dataset, target: str) -> None:
    """Wait until all chunks are read; raise InputError at the first that is not, and why."""
    try:
        failed = next((row["failed"] for row in done.iter_rows() if row["failed"]), None)
    except ray.exceptions.RayError as error:
        failed = joining.last_line(error)
    if failed:
        reason = f"reading stopped, {chunks.named(target)} keeps what it has: {failed}"
        raise InputError(f"{reason}; mend that, and give the same again")


def main(
    seeds: Sequence[int],
    models: Sequence[str],
    source: str,
    target: str,
    model: str | None,
    workers: int,
) -> None:
    """Read all digits of IN with the networks of a model, into Parquet in OUT."""
    if model is not None and model not in models:
        raise InputError(f"--model {text.printable(model)}: expected one of {', '.join(models)}")
    if workers < 1:
        raise InputError(f"--workers {workers}: expected 1 or more")
    chunks.check_apart(source, target)
    model = model or best(models)
    parts = chunks.cut(source)
    networks = weights.load_all([model], seeds)[model]
    there = begin(target, described(source, model, seeds, parts))
    left = [part for part in parts if worker.path("", part)[1:] not in there]
    if left:
        with joining.joined(workers, chunks, reader, worker):
            networks = [ray.put(networks)]  # held here, for a worker that must be started anew
            threshold = answers.thresholds([model])[model]
            given = source, target, networks, threshold, os.getcwd()
            ray.data.DataContext.get_current().enable_progress_bars = sys.stderr.isatty()
            items = [{"chunk": json.dumps(astuple(part))} for part in left]
            data = ray.data.from_items(items, override_num_blocks=min(BLOCKS, len(left)))
            done = data.map_batches(
                worker.Scorer,
                batch_size=1,
                compute=ray.data.ActorPoolStrategy(size=min(workers, len(items))),
                fn_constructor_args=given,
            )
            logging.getLogger("ray.data").setLevel(logging.CRITICAL)
            follow(done, target)
    system, folder = chunks.opened(target)
    found = [each.path for each in system.get_file_info(pafs.FileSelector(folder))]
    count = sum(path.rpartition("/")[2].startswith("part-") for path in found)
    into = chunks.named(target)
    print(f"{count} of {len(parts)} chunks are in {into}, read by the {model.upper()}")


if __name__ == "__main__":
    command.run(main, add=options)
