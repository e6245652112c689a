"""What the experiments of docs/machines.md's queue found, after they have run.

    PYTHONPATH=stages python benchmarks/queue_table.py    # at once

Leaves queue.csv, a line for each experiment of a single seed and two epochs of the CNN, with its
learning rate and its validation accuracy.
"""

import json
import subprocess

import pandas as pd

import measuring
from mnist.core import files

PATH = measuring.RESULTS / "queue.csv"


def rows(shown):
    """Yield what is of interest of the experiments in what dvc exp show --json prints."""
    for commit in shown:
        for experiment in commit["experiments"] or []:
            data = experiment["revs"][0]["data"] or {}
            params = data.get("params", {}).get("params.yaml", {}).get("data", {})
            metrics = data.get("metrics") or {}
            if metrics and params["seeds"] == [0] and params["cnn"]["epochs"] == 2:
                (found,) = (metrics[name] for name in metrics if name.endswith("selection.json"))
                accuracy = found["data"]["cnn"]["validation_accuracy"]
                rate = params["cnn"]["learning_rate"]
                yield {"learning_rate": rate, "validation_accuracy": round(accuracy, 6)}


def main():
    """Write the table."""
    line = ["dvc", "exp", "show", "--json"]
    shown = json.loads(subprocess.run(line, check=True, capture_output=True).stdout)
    table = pd.DataFrame(rows(shown)).sort_values("learning_rate")
    files.write_csv(PATH, table.assign(**measuring.made()))
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
