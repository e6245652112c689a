"""What training left: data/MODEL/SEED, found and read back."""

from pathlib import Path

import pandas as pd

from mnist.errors import Refused


def folder(name, seed):
    """Return the folder of one run."""
    return Path("data", name, str(seed))


def refuse_leftovers(name, seeds):
    """Raise Refused where data/NAME holds a seed that params.yaml does not, or lacks one."""
    have = {path.name for path in Path("data", name).glob("*")}
    want = {str(seed) for seed in seeds}
    if have - want:
        paths = " ".join(f"data/{name}/{seed}" for seed in sorted(have - want))
        raise Refused(f"{paths} belong to no seed in params.yaml; run: rm -r {paths}")
    if want - have:
        missing = ", ".join(sorted(want - have))
        raise Refused(f"data/{name} lacks the seeds {missing}; run: dvc repro train_{name}")


def history(name, seeds):
    """Return a table of what each epoch measured, the mean over seeds, a row per epoch."""
    tables = []
    for seed in seeds:
        columns = {}
        for path in sorted(folder(name, seed).glob("history/plots/metrics/*/*.tsv")):
            written = pd.read_csv(path, sep="\t")
            columns["epoch"] = written["step"] + 1
            columns[f"{path.parent.name}_{path.stem}"] = written[path.stem]
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables).groupby("epoch", as_index=False).mean().round(6)
