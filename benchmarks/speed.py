"""Time to a validation accuracy: a board that takes further lines.

    PYTHONPATH=stages python benchmarks/speed.py    # ten minutes on two quiet cores

Everyone learns from the same 50,000 images, each entry with a schedule of its own for the target
that it names, and 10,000 others judge, none of them a test image. In each of ROUNDS rounds all
entries run in turn, in this process, with the round's number as seed. The unit of time is what one
run of train_mnist_fast takes in the same round, so that a busy host slows both. speed_runs.csv has
a line per run: kill this at any time and start it again, finished rounds are skipped. speed.csv is
the board, a line per entry.

To add a line, add to ENTRIES: the network, the target, and a function that takes images uint8
(n, 28, 28), labels int64 (n,) and a seed, and returns a module that takes float images in 0..1.
"""

import time

import pandas as pd

import labels
import learning
import measuring
import peers
import strong
from mnist.core import files
from mnist.models import inference
from mnist.training import device
from strong import PLAIN

ROUNDS = 10
BASELINE = "train_mnist_fast"
RUNS, BOARD = measuring.ANSWER / "speed_runs.csv", measuring.RESULTS / "speed.csv"
KEY = ["entry", "seed"]
MARGIN = 0.0005  # above the target, since the cheapest trial owes some of its accuracy to luck
# What each changes of params.yaml's recipe and augmentation for its target; images are those of one
# epoch. The cheapest trial of schedules.py whose two seeds are on the mean MARGIN above the target.
ENTRIES = {
    ("cnn", 0.99): {"images": 40_000, "epochs": 1, "batch_size": 192, "dropout": 0.0, **PLAIN},
    ("cnn", 0.995): {"epochs": 5, **PLAIN},
    ("ann", 0.99): {"epochs": 10, "widths": [256, 256], "learning_rate": 0.012, **PLAIN},
}


def digest(settings, name, change):
    """Return a short name of what an entry trains, so that a line of an older one is not kept."""
    recipe, augment = strong.changed(settings, name, change)
    return learning.digest([recipe, change.get("images")], augment)


def ours(settings, name, change):
    """Return a function that trains one of our networks with a changed recipe, for ENTRIES."""
    recipe, augment = strong.changed(settings, name, change)

    def trained(images, classes, seed):
        few = images[: change.get("images")], classes[: change.get("images")]
        return learning.train(name, seed, recipe, augment, few)

    return trained


def train_mnist_fast(images, classes, seed):
    """Return the network of github.com/tuomaso/train_mnist_fast after its one epoch."""
    (model,) = peers.train_mnist_fast(images, classes, seed)
    return model.eval()


def entries(settings):
    """Return {name of an entry: (network, target, function, name of its recipe)}."""
    found = {BASELINE: (BASELINE, None, train_mnist_fast, "step 8")}
    for (name, target), change in ENTRIES.items():
        entry = f"{name} to {100 * target:.1f} %"
        function = ours(settings, name, change)
        found[entry] = name, target, function, digest(settings, name, change)
    return found


def warm(learnt):
    """Train the baseline once, since what runs first in a process takes longer."""
    train_mnist_fast(*learnt, 0)


def timed(function, learnt, held, seed):
    """Return the seconds of training, and the share of the held images that go right."""
    start = time.perf_counter()
    model = function(*learnt, seed)
    seconds = time.perf_counter() - start
    right = inference.predict(model, held[0]).argmax(1) == held[1]
    return seconds, float(right.double().mean())


def turn(board, learnt, held, seed):
    """Return the lines of one round: all entries in turn, with one seed."""
    lines, unit = [], None
    for entry, (network, target, function, recipe) in board.items():
        seconds, accuracy = timed(function, learnt, held, seed)
        unit = unit or seconds  # the baseline comes first
        found = {"entry": entry, "network": network, "target": target, "seed": seed}
        found |= {"recipe": recipe, "seconds": round(seconds, 3), "units": round(seconds / unit, 3)}
        print(f"{entry}, seed {seed}: {accuracy:.2%} in {found['units']:.2f} units", flush=True)
        lines.append({**found, "accuracy": accuracy, **measuring.made()})
    return lines


def summary(lines, n):
    """Return the board: of each entry the median cost, and the mean accuracy with its interval."""
    rows = []
    for entry, group in lines.groupby("entry", sort=False):
        first, seeds = group.iloc[0], len(group)
        found = {"entry": entry, "network": first["network"], "target": first["target"]}
        found |= {"seeds": seeds, "units": group["units"].median()}
        found |= {"least": group["units"].min(), "most": group["units"].max()}
        mean = group["accuracy"].mean()
        low, high = labels.interval((1 - group["accuracy"]) * n, n) if seeds > 1 else (None, None)
        found |= {"error": 1 - mean, "low": low, "high": high}
        reached = group["accuracy"] >= group["target"].fillna(0)
        rows.append({**found, "reached": int(reached.sum())})
    return pd.DataFrame(rows).round(6)


def main():
    """Run the rounds that are not finished yet."""
    settings = measuring.settings()
    device.prepare(**settings["compute"])
    learnt, held = learning.parts(settings)
    board = entries(settings)
    seeds = range(ROUNDS)
    asked = {(entry, seed): recipe for entry, (*_, recipe) in board.items() for seed in seeds}
    lines = measuring.current(measuring.finished(RUNS, KEY), asked)
    warm(learnt)
    for seed in seeds:
        if any((entry, seed) not in lines for entry in board):
            for line in turn(board, learnt, held, seed):
                lines[line["entry"], seed] = line
            files.write_csv(RUNS, pd.DataFrame(lines.values()))
    files.write_csv(BOARD, summary(pd.DataFrame(lines.values()), len(held[1])))


if __name__ == "__main__":
    main()
