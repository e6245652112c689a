"""How long training and an answer took: pipelines/transfer/seconds.json.

No output of any stage, since seconds differ from run to run.
"""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import filelock
import torch
from torch import nn

from mnist.core import files
from pipelines.transfer.comparison.experiment import HERE, Run

PATH = HERE / "seconds.json"
LOCK = Path("data/transfer_seconds.lock")
ROUNDS, REPEATS = 7, 5  # of measuring a network's latency


def read() -> dict[str, dict]:
    """Return the file's content; {} where there is none or it is damaged, as it is no result."""
    try:
        found = json.loads(PATH.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _change(part: str, values: Mapping[str, Any]) -> None:
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(LOCK):
        found = read()
        files.write_json(PATH, {**found, part: {**found.get(part, {}), **values}})


def digest(run: Run, seed: int) -> str:
    """Return the SHA-256 of a run's answers, by which its seconds are known to be its own."""
    return hashlib.sha256((run.folder(seed) / "answers.npz").read_bytes()).hexdigest()


def note_training(run: Run, seed: int, seconds: float, device: str, threads: int) -> None:
    """Note the seconds that a run's training took, both phases, and on what it ran."""
    note = {"seconds": seconds, "device": device, "threads": threads}
    _change("training", {f"{run.name} {seed}": {**note, "answers": digest(run, seed)}})


def training(run: Run) -> float | None:
    """Return the median seconds of a run's training over seeds; None if not all were timed here."""
    notes = {seed: read().get("training", {}).get(f"{run.name} {seed}", {}) for seed in run.seeds}
    if any(note.get("answers") != digest(run, seed) for seed, note in notes.items()):
        return None
    return median(note["seconds"] for note in notes.values())


def note_medians(runs: Sequence[Run]) -> None:
    """Note the median seconds of training of all runs that were timed here."""
    times = {run.name: training(run) for run in runs}
    _change("training_seconds", {k: v for k, v in times.items() if v is not None})


@torch.inference_mode()
def latency(networks: Mapping[str, nn.Module]) -> dict[str, float]:
    """Return {name: milliseconds for one image on one thread}, medians.

    The networks take turns, because the speed of a busy machine drifts.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    image, times = torch.rand(1, 1, 28, 28), {name: [] for name in networks}
    for _ in range(ROUNDS):
        for name, network in networks.items():
            network(image)
            for _ in range(REPEATS):
                start = time.perf_counter()
                network(image)
                times[name].append(time.perf_counter() - start)
    torch.set_num_threads(before)
    return {name: round(1000 * median(each), 3) for name, each in times.items()}


def note_latency(networks: Mapping[str, nn.Module]) -> None:
    """Measure and note the latency of {name: network}."""
    _change("latency_ms", latency(networks))
