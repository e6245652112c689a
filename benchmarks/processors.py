"""The same code on other processors: what `make` came to on each of them.

    PYTHONPATH=stages python benchmarks/processors.py    # after make; seconds

Copies what metrics/ says into a line of processors.csv, one for each processor and its widest
vector instructions, which decide in what order sums are rounded. Where metrics/timings.json does
not say that the networks were trained here, it ends and writes nothing. To be called with the
environment variables that `make` was called with.
"""

import pandas as pd

import learning
import measuring
from mnist.core import files, params, runs

PATH = measuring.ANSWER / "processors.csv"
KEY = ["recipes", "machine", "vectors"]
SECTIONS = "seeds", "fetch", "preprocess", "compute"  # of params.yaml, besides models and augment
PAIR, ENDS = "cnn_minus_ann", {"accuracy": "", "low": "_low", "high": "_high"}


def recipes(settings):
    """Return a short name of all in params.yaml that decides the networks."""
    each = [settings[key] for key in (*SECTIONS, *params.models(settings))]
    return learning.digest(each, settings["augment"])


def line(read, settings):
    """Return what the metrics say, of which read(path) returns each."""
    names = "test", "selection", "generalize"
    test, selection, far = (read(f"metrics/{name}.json") for name in names)
    found = {}
    for name in params.models(settings):
        found[f"{name}_validation"] = selection[name]["validation_accuracy"]
        found[f"{name}_test"] = test[name]["accuracy"]
        found[f"{name}_corruption_error"] = far[name]["mean_corruption_error"]
    difference = {f"difference{end}": test[PAIR][key] for key, end in ENDS.items()}
    return found | difference


def main():
    """Write this processor's line."""
    settings = measuring.settings()
    if not all(runs.timed(name, settings["seeds"]) for name in params.models(settings)):
        raise SystemExit("processors.py: the networks were not trained here; run: make")
    lines = measuring.finished(PATH, KEY)
    found = {"recipes": recipes(settings)} | measuring.made()
    found |= line(files.read_json, settings)
    lines[tuple(found[each] for each in KEY)] = found
    files.write_csv(PATH, pd.DataFrame(lines.values()))


if __name__ == "__main__":
    main()
