"""What training left: data/MODEL/SEED, and how long it took."""

import hashlib
import json
from pathlib import Path

from mnist import files
from mnist.errors import Refused

TIMINGS = Path("metrics/timings.json")  # no output of any stage: seconds differ from run to run


def folder(name, seed):
    """Return the folder of one run."""
    return Path("data", name, str(seed))


def refuse_leftovers(names, seeds):
    """Raise Refused where the models' folders hold other seeds than those of params.yaml."""
    have = {str(path) for name in names for path in Path("data", name).glob("[!.]*")}
    want = {str(folder(name, seed)) for name in names for seed in seeds}
    if have - want:
        paths = " ".join(sorted(have - want))
        raise Refused(f"{paths} belong to no seed in params.yaml; run: rm -r {paths}")
    if want - have:
        raise Refused(f"{', '.join(sorted(want - have))} is missing; 'dvc repro' makes it")


def history(name, seeds):
    """Return a table of what each epoch measured, the mean over seeds, a row per epoch."""
    import pandas as pd  # not at the top: predict.py answers sooner without it

    tables = []
    for seed in seeds:
        columns = {}
        for path in sorted(folder(name, seed).glob("history/plots/metrics/*/*.tsv")):
            written = pd.read_csv(path, sep="\t")
            columns["epoch"] = written["step"] + 1
            columns[f"{path.parent.name}_{path.stem}"] = written[path.stem]
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables).groupby("epoch", as_index=False).mean().round(6)


def digest(name, seed):
    """Return the SHA-256 of a run's weights."""
    return hashlib.sha256((folder(name, seed) / "weights.pt").read_bytes()).hexdigest()


def timings():
    """Return the content of metrics/timings.json, or {} where there is none or it is damaged."""
    try:
        found = json.loads(TIMINGS.read_text())
        return {key: values for key, values in found.items() if isinstance(values, dict)}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}  # it is no result, and the next run writes it anew


def note_time(name, seed, seconds, device, threads):
    """Put a run's seconds after each epoch, and on what it ran, into metrics/timings.json.

    With the digest of its weights, since DVC may later replace them by those of another run that
    it has in its cache. Runs whose folder is gone are dropped.
    """
    kept = {k: v for k, v in timings().get(name, {}).items() if folder(name, k).is_dir()}
    kept[str(seed)] = {"device": device, "threads": threads, "weights": digest(name, seed)}
    kept[str(seed)]["after_each_epoch"] = seconds
    files.write_json(TIMINGS, {**timings(), name: dict(sorted(kept.items()))})


def timed(name, seeds):
    """Return the seconds after each epoch, a list per seed; [] if not all runs were timed here."""
    noted = [timings().get(name, {}).get(str(seed), {}) for seed in seeds]
    here = [
        digest(name, seed) == note.get("weights") for seed, note in zip(seeds, noted, strict=True)
    ]
    return [note["after_each_epoch"] for note in noted] if all(here) else []
