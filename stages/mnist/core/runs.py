"""What training leaves: its runs in data/models/MODEL/SEED, and how long they took."""

import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from mnist.core import files

if TYPE_CHECKING:
    import pandas as pd

MODELS = Path("data/models")
TIMINGS = Path("metrics/timings.json")  # no output of any stage: seconds differ from run to run
LOCK = Path("data/timings.lock")


def folder(model: str, seed: int) -> Path:
    """Return the folder of one run."""
    return MODELS / model / str(seed)


def weights(model: str, seed: int) -> Path:
    """Return the path of the weights of one run."""
    return folder(model, seed) / "weights.pt"


def remove_others(models: Sequence[str], seeds: Sequence[int]) -> None:
    """Remove the runs of models and seeds that params.yaml does not list.

    DVC records a folder of runs as a whole, so a leftover would make evaluate look changed in every
    other clone. What is removed comes back from DVC's cache when it is listed again.
    """
    listed = {folder(model, seed) for model in models for seed in seeds}
    for path in MODELS.glob("*/*"):
        if path.name.isdigit() and path not in listed and not path.parent.is_symlink():
            shutil.rmtree(path)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


def history(model: str, seeds: Sequence[int]) -> "pd.DataFrame":
    """Return a table of what each epoch measured, the mean over seeds, a row per epoch."""
    import pandas as pd  # not at the top: predict.py answers sooner without it

    tables = []
    for seed in seeds:
        columns = {}
        for path in sorted(folder(model, seed).glob("history/plots/metrics/*/*.tsv")):
            with files.reading(path):
                written = pd.read_csv(path, sep="\t")
                columns["epoch"] = written["step"] + 1
                columns[f"{path.parent.name}_{path.stem}"] = written[path.stem]
        with files.reading(folder(model, seed) / "history"):
            tables.append(pd.DataFrame(columns).set_index("epoch"))
    return pd.concat(tables).groupby("epoch").mean().round(6).reset_index()


def digest(model: str, seed: int) -> str:
    """Return the SHA-256 of a run's weights file."""
    return hashlib.sha256(weights(model, seed).read_bytes()).hexdigest()


def timings() -> dict[str, dict]:
    """Return the content of metrics/timings.json, or {} where there is none or it is damaged."""
    try:
        found = json.loads(TIMINGS.read_text())
        return {key: values for key, values in found.items() if isinstance(values, dict)}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}  # it is no result, and the next run writes it anew


def change_timings(function: Callable[[dict[str, dict]], dict[str, dict]]) -> None:
    """Replace the content by what a function makes of it, while no other process does the same."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(LOCK):
        files.write_json(TIMINGS, function(timings()))


def processor() -> str:
    """Return the name of this machine's processor, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def note_time(model: str, seed: int, seconds: list[float], device: str, threads: int) -> None:
    """Note a run's seconds after each epoch, and on what it ran.

    With the digest of its weights, since DVC may later replace them by those of another run that
    it has in its cache. Runs whose folder is gone are dropped.
    """
    note = {"device": device, "processor": processor(), "threads": threads}
    note["weights"] = digest(model, seed)
    note["after_each_epoch"] = seconds

    def noted(found):
        kept = {k: v for k, v in found.get(model, {}).items() if folder(model, k).is_dir()}
        return {**found, model: dict(sorted({**kept, str(seed): note}.items()))}

    change_timings(noted)


def timed(model: str, seeds: Sequence[int]) -> list[list[float]]:
    """Return the seconds after each epoch, a list per seed; [] if not all runs were timed here."""
    notes = {seed: timings().get(model, {}).get(str(seed), {}) for seed in seeds}
    here = all(
        (digest(model, seed), processor()) == (note.get("weights"), note.get("processor"))
        for seed, note in notes.items()
    )
    return [note["after_each_epoch"] for note in notes.values()] if here else []
