"""The same code on other processors: what `make` came to on each of them.

    PYTHONPATH=stages python benchmarks/processors.py    # after make; seconds

Copies what metrics/ says into a line of processors.csv, one for each processor and its widest
vector instructions, which decide in what order sums are rounded. Lines of other recipes are left
out.
"""

import pandas as pd
import torch

import ablation
import measuring
from mnist.core import files, params

PATH = measuring.ANSWER / "processors.csv"
KEY = ["machine", "vectors"]
PAIR, ENDS = "cnn_minus_ann", {"accuracy": "", "low": "_low", "high": "_high"}


def recipes(settings):
    """Return a short name of all in params.yaml that decides the networks."""
    models = [settings[name] for name in params.models(settings)]
    return ablation.digest([settings["seeds"], *models], settings["augment"])


def line(read, settings):
    """Return what the metrics say, of which read(path) returns each."""
    names = "test", "selection", "generalize"
    test, selection, far = (read(f"metrics/{name}.json") for name in names)
    found = {"recipes": recipes(settings), "threads": settings["compute"]["threads"]}
    for name in params.models(settings):
        found[f"{name}_validation"] = selection[name]["validation_accuracy"]
        found[f"{name}_test"] = test[name]["accuracy"]
        found[f"{name}_corruption_error"] = far[name]["mean_corruption_error"]
    difference = {f"difference{end}": test[PAIR][key] for key, end in ENDS.items()}
    return found | difference


def main():
    """Write this processor's line."""
    settings = measuring.settings()
    lines = measuring.finished(PATH, KEY)
    key = measuring.machine(), torch.backends.cpu.get_cpu_capability()
    lines[key] = dict(zip(KEY, key, strict=True)) | line(files.read_json, settings)
    lines[key] |= measuring.made()
    kept = [row for row in lines.values() if row["recipes"] == recipes(settings)]
    files.write_csv(PATH, pd.DataFrame(kept))


if __name__ == "__main__":
    main()
