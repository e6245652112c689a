"""What dropout does to the gap between training and validation, measured by experiments.

    python benchmarks/dropout.py

Runs the pipeline, as committed, up to evaluate in a temporary clone that shares DVC's cache: with
the dropout in params.yaml, and with each of VALUES for both models. Writes benchmarks/dropout.csv,
a line per model, dropout and seed, without any test figure.
"""

import subprocess
import tempfile
from pathlib import Path

import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parent.parent
VALUES = (None, 0.0, 0.5)  # None: as in params.yaml


def measure(value, folder):
    """Return the lines of one experiment: model, dropout, seed and both accuracies."""
    settings = [f"-S={name}.dropout={value}" for name in ("ann", "cnn") if value is not None]
    subprocess.run(["dvc", "exp", "run", *settings, "evaluate"], cwd=folder, check=True)
    params = yaml.safe_load((folder / "params.yaml").read_text())
    networks = pd.read_csv(folder / "metrics" / "seeds.csv").query("part != 'test'")
    table = networks.pivot(index=["model", "seed"], columns="part", values="accuracy").reset_index()
    table.insert(1, "dropout", table["model"].map(lambda name: params[name]["dropout"]))
    subprocess.run(["git", "checkout", "-q", "params.yaml"], cwd=folder, check=True)
    return table.rename(columns={"train": "train_accuracy", "validation": "validation_accuracy"})


def main():
    """Measure all values and write the table."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "clone")
        subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
        for command in (
            ["dvc", "config", "--local", "cache.dir", ROOT / ".dvc" / "cache"],
            ["git", "config", "user.name", "Benchmark"],  # DVC records experiments as commits
            ["git", "config", "user.email", "benchmark@example.org"],
        ):
            subprocess.run(command, cwd=folder, check=True)
        table = pd.concat(measure(value, folder) for value in VALUES)
    table = table.sort_values(["model", "dropout", "seed"])
    table.to_csv(ROOT / "benchmarks" / "dropout.csv", index=False)


if __name__ == "__main__":
    main()
