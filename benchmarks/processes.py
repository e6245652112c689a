"""What training in two processes gives and costs: validation accuracy and seconds, beside one.

    PYTHONPATH=stages python benchmarks/processes.py    # a quarter of an hour on two cores

Each run is the stage's own script, in an empty folder that has the prepared images, with
compute.processes set and everything else as in params.yaml. The two take turns, seed by seed.
processes.csv has a line per run: what is finished is skipped.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import yaml

import measuring
from mnist.core import files, params, runs
from mnist.data import prepared

ROOT = Path.cwd()
PROCESSES = 1, 2
PATH = measuring.RESULTS / "processes.csv"
KEY = ["model", "processes", "seed"]


def run(settings, name, processes, seed):
    """Return the line of one run: accuracy on the validation images, and seconds to the end."""
    values = {**settings, "compute": {**settings["compute"], "processes": processes}}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / params.PATH).write_text(yaml.safe_dump(values, sort_keys=False))
        (folder / "data").mkdir()
        (folder / prepared.FOLDER).symlink_to(ROOT / prepared.FOLDER)
        start = time.perf_counter()
        script = ROOT / "stages" / f"train_{name}.py"
        subprocess.run([sys.executable, script, "--seed", str(seed)], cwd=folder, check=True)
        seconds = time.perf_counter() - start
        path = folder / runs.folder(name, seed) / "predictions.npz"
        said = files.read_arrays(path)["validation"].argmax(1)
    right = (said == prepared.load("validation")[1]).mean()
    found = {"validation_accuracy": round(float(right), 6), "seconds": round(seconds, 1)}
    return dict(zip(KEY, (name, processes, seed), strict=True)) | found | measuring.made()


def main():
    """Run what is not finished yet."""
    settings = measuring.settings()
    lines = measuring.finished(PATH, KEY)
    for seed in settings["seeds"]:
        for name in params.models(settings):
            for processes in PROCESSES:
                if (name, processes, seed) not in lines:
                    lines[name, processes, seed] = run(settings, name, processes, seed)
                    files.write_csv(PATH, pd.DataFrame(lines.values()))


if __name__ == "__main__":
    main()
