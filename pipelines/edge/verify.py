"""Hold every exported file, in its real runtime, against PyTorch: a gate before it is shipped."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch

from mnist.core import command, files, runs
from mnist.core.errors import InputError
from mnist.data import prepared
from mnist.evaluation import statistics
from mnist.models import ensemble, inference, weights
from mnist.plots import benchmarks, style
from pipelines import recorded
from pipelines.edge import exported
from pipelines.edge.formats import card, runtime, tflite

DIFFERENCE = 0.0001  # of probabilities, at most, where all is float32: rounding alone
AGREEMENT = 0.998  # of the answers, at least, where weights are int8
ROUNDS = 3  # of processes per file, which take turns, since a busy host slows whatever runs


def expected(subject: exported.Subject, images: np.ndarray) -> np.ndarray:
    """Return the probabilities, float32 (n, classes), that PyTorch gives to images."""
    networks = [weights.load(path, subject.model) for path in subject.weights()]
    if subject.ensemble:
        return ensemble.predict(networks, images)
    return inference.predict(networks[0], torch.from_numpy(images)).numpy()


def compared(said: np.ndarray, right: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return how probabilities (n, classes) differ from PyTorch's, and how often they are right.

    With a 95 % interval of that, over images.
    """
    correct = int((said.argmax(1) == labels).sum())
    low, high = statistics.wilson(correct, len(labels))
    return {
        "accuracy": round(correct / len(labels), 6),
        "low": round(low, 6),
        "high": round(high, 6),
        "errors": len(labels) - correct,
        "agreement": round(float((said.argmax(1) == right.argmax(1)).mean()), 6),
        "largest_difference": float(f"{np.abs(said - right).max():.2g}"),
    }


def problem(form: str, figures: dict[str, float]) -> str | None:
    """Return why a file must not be shipped, or None where it may."""
    agreement, difference = figures["agreement"], figures["largest_difference"]
    if "int8" in form:
        low = agreement < AGREEMENT
        return f"agrees with PyTorch in {agreement:.2%}, less than {AGREEMENT:.1%}" if low else None
    if difference > DIFFERENCE:
        return f"differs from PyTorch by {difference}, more than {DIFFERENCE}"
    return None if agreement == 1 else f"agrees with PyTorch in {agreement:.2%}, not always"


def timed(kind: str, model: str, paths: Sequence[str]) -> dict[str, float]:
    """Return what measure.py prints of a file, in a process of its own."""
    line = [sys.executable, "-B", "-m", "pipelines.edge.measure", kind, model, *paths]
    done = subprocess.run(line, capture_output=True, text=True, env=os.environ)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"the process ended with {done.returncode}"]
        raise InputError(f"{paths[0]} cannot be timed: {said[-1]}; 'make edge' tries again")
    return json.loads(done.stdout)


def costs(lines: dict[tuple[str, str], tuple]) -> dict[tuple[str, str], dict]:
    """Return the medians of what measure.py prints, for {key: the arguments of timed}."""
    found = {key: [] for key in lines}
    for _ in range(ROUNDS):
        for key, arguments in lines.items():
            found[key].append(timed(*arguments))
    return {key: pd.DataFrame(each).median().round(3).to_dict() for key, each in found.items()}


def main(seeds, models, edge):
    """Compare all exported files with PyTorch on the whole test set, into metrics/ and plots/.

    Nothing is written where a file is not as it should be.
    """
    torch.set_num_threads(1)
    subjects = exported.subjects(models, seeds, edge)
    for path in [subject.path(form) for subject in subjects for form in exported.FORMATS]:
        if path.suffix == ".tflite":
            card.read(path)  # before anything that takes long
    images, labels = prepared.load("test")
    found, lines, problems = {}, {}, []
    for subject in subjects:
        name, trained = subject.name, subject.weights()
        right = expected(subject, images)
        about = {"model": subject.model, "networks": len(trained)}
        size = sum(path.stat().st_size for path in trained)
        found[name] = {"pytorch": {**about, **compared(right, right, labels), "bytes": size}}
        kind = "ensemble" if subject.ensemble else "alone"
        lines[name, "pytorch"] = kind, subject.model, list(map(str, trained))
        for form in exported.FORMATS:
            path = subject.path(form)
            with tflite.quiet():  # the runtime greets
                figures = compared(runtime.predict(path, images), right, labels)
            found[name][form] = {**about, **figures, "bytes": path.stat().st_size}
            lines[name, form] = kind, subject.model, [str(path)]
            if why := problem(form, figures):
                problems.append(f"{path} {why}")
        print(f"{name} is compared", flush=True)
    if problems:
        raise InputError(f"{'; '.join(problems)}; do not ship it, mend pipelines/edge/export.py")

    for (name, form), figures in costs(lines).items():
        found[name][form] |= figures
    each = sorted({(subject.model, seed) for subject in subjects for seed in subject.seeds})
    rests_on = {f"{m}/{seed}": recorded.digest(runs.folder(m, seed)) for m, seed in each}
    content = {"runs": rests_on, "files": found}
    files.write_json(exported.HERE / "metrics" / "edge.json", content)
    picture = style.png(benchmarks.file_sizes(found, models))
    files.write(exported.HERE / "plots" / "size.png", picture)


if __name__ == "__main__":
    command.run(main, others={exported.PARAMS: exported.ACCEPTED})
