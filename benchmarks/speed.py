"""Time to 99.0, 99.5 and 99.7 % validation accuracy: a board that takes further lines.

    PYTHONPATH=stages python benchmarks/speed.py           # about half an hour on two cores
    PYTHONPATH=stages python benchmarks/speed.py trials    # the schedules that were tried

Everyone learns from the same 50,000 images, each entry with a schedule of its own for the target
that it names, and 10,000 others judge, none of them a test image. In each of ROUNDS rounds all
entries run in turn, in this process, with the round's number as seed. The unit of time is what one
run of train_mnist_fast takes in the same round, so that a busy host slows both. speed_runs.csv has
a line per run: kill this at any time and start it again, finished rounds are skipped. speed.csv is
the board, a line per entry.

To add a line, add to ENTRIES: the network, the target, and a function that takes images uint8
(n, 28, 28), labels int64 (n,) and a seed, and returns a module that takes float images in 0..1.
"""

import sys
import time

import pandas as pd

import ablation
import labels
import measuring
import peers
from mnist.core import files
from mnist.models import inference
from mnist.training import augmentation, device

ROUNDS = 10
BASELINE = "train_mnist_fast"
RUNS, BOARD, TRIED = (measuring.ANSWER / f"speed{end}.csv" for end in ("_runs", "", "_trials"))
KEY, TRIAL = ["entry", "seed"], 100  # the first seed of trials, which no round has
TRIALS_EACH = 2  # seeds
# Without what makes training see more than MNIST's own hands and pixels.
PLAIN = {"ones": 0.0, "stroke": 0.0, "noise": 0.0}
MILD = {**PLAIN, "rotation": 5.0, "shift": 1.0, "scale": 0.05, "shear": 0.05}
UNCHANGED = dict.fromkeys(augmentation.ACCEPTED, 0.0)
SHORT = {"images": 16_000, "epochs": 1, "batch_size": 128}
# What each changes of params.yaml's recipe and augmentation; images are those of one epoch.
TRIALS = {
    "cnn": [
        {"images": 12_500, "epochs": 1, **PLAIN},
        {"images": 16_000, "epochs": 1, **PLAIN},
        {"images": 12_500, "epochs": 1, "batch_size": 128, **PLAIN},
        {"images": 16_000, "epochs": 1, "batch_size": 128, **PLAIN},
        {"epochs": 1, **PLAIN},
        {"images": 20_000, "epochs": 1, "batch_size": 96, **PLAIN},
        {"images": 20_000, "epochs": 1, "batch_size": 96, "averaging": 0.95, **PLAIN},
        {"images": 25_000, "epochs": 1, "batch_size": 128, **PLAIN},
        {"images": 25_000, "epochs": 1, "batch_size": 128, "averaging": 0.95, **PLAIN},
        {"images": 30_000, "epochs": 1, "batch_size": 128, "widths": [8, 24, 48, 96], **PLAIN},
        {"images": 30_000, "epochs": 1, "batch_size": 128, "dropout": 0.0, **PLAIN},
        {"images": 36_000, "epochs": 1, "batch_size": 192, **PLAIN},
        {"images": 36_000, "epochs": 1, "batch_size": 192, "dropout": 0.0, **PLAIN},
        {"epochs": 1, "batch_size": 128, **PLAIN},
        {"epochs": 2, **PLAIN},
        {"epochs": 2, "batch_size": 128, **PLAIN},
        {"epochs": 3, **PLAIN},
        {"epochs": 4, **PLAIN},
        {"epochs": 5, **PLAIN},
        {"epochs": 6, **PLAIN},
        {**SHORT, **UNCHANGED},
        {**SHORT, **MILD},
        {**SHORT, "learning_rate": 0.03, **MILD},
        {**SHORT, "learning_rate": 0.03, **PLAIN},
        {**SHORT, "batch_size": 64, **MILD},
        {**SHORT, "label_smoothing": 0.0, "dropout": 0.0, **MILD},
        {"images": 25_000, "epochs": 1, "batch_size": 128, **MILD},
        {"images": 25_000, "epochs": 1, "batch_size": 128, "learning_rate": 0.03, **MILD},
        {"epochs": 1, **MILD},
        {"epochs": 3, **MILD},
        {"epochs": 3, "learning_rate": 0.03, **PLAIN},
        {"epochs": 11, **PLAIN},
    ],
    "ann": [
        {"epochs": 3, **PLAIN},
        {"epochs": 4, **PLAIN},
        {"epochs": 5, **PLAIN},
        {"epochs": 6, **PLAIN},
        {"epochs": 6, "widths": [384, 384], **PLAIN},
        {"epochs": 6, "widths": [256, 256], **PLAIN},
        {"epochs": 6, "batch_size": 256, "widths": [256, 256], **PLAIN},
        {"epochs": 4, "batch_size": 256, **PLAIN},
        {"epochs": 8, "widths": [256, 256], **PLAIN},
        {"epochs": 10, "widths": [256, 256], **PLAIN},
        {"epochs": 8, "widths": [192, 192], **PLAIN},
        {"epochs": 12, "widths": [192, 192], **PLAIN},
        {"epochs": 8, "widths": [256, 256], **MILD},
        {"epochs": 12, **PLAIN},
    ],
}


def ours(settings, name, change):
    """Return a function that trains one of our networks with a changed recipe, for ENTRIES."""
    recipe, augment = (
        {key: change.get(key, value) for key, value in settings[section].items()}
        for section in (name, "augment")
    )

    def trained(images, classes, seed):
        few = images[: change.get("images")], classes[: change.get("images")]
        return ablation.train(name, seed, recipe, augment, few)

    return trained


def train_mnist_fast(images, classes, seed):
    """Return the network of github.com/tuomaso/train_mnist_fast after its one epoch."""
    (model,) = peers.train_mnist_fast(images, classes, seed)
    return model.eval()


def entries(settings):
    """Return {name of an entry: (network, target, function)}."""
    found = {BASELINE: (BASELINE, None, train_mnist_fast)}
    for (name, target), change in ENTRIES.items():
        entry = f"{name} to {100 * target:.1f} %"
        found[entry] = name, target, ours(settings, name, change)
    return found


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
    for entry, (network, target, function) in board.items():
        seconds, accuracy = timed(function, learnt, held, seed)
        unit = unit or seconds  # the baseline comes first
        found = {"entry": entry, "network": network, "target": target, "seed": seed}
        found |= {"seconds": round(seconds, 3), "units": round(seconds / unit, 3)}
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


def in_words(change):
    """Return a change as a line of the trials names it, its augmentation by one word."""
    keys = [key for key in change if key not in augmentation.ACCEPTED]
    kinds = {"plain": PLAIN, "mild": MILD, "no augmentation": UNCHANGED}
    own = {key: value for key, value in change.items() if key in augmentation.ACCEPTED}
    kind = next((f" {name}" for name, each in kinds.items() if own == each), "")
    return " ".join(f"{key}={change[key]}" for key in keys) + kind


def trials(settings, learnt, held):
    """Run the trials that are not finished yet, each beside a run of the baseline."""
    lines = measuring.finished(TRIED, ["network", "change", "seed"])
    for name, changes in TRIALS.items():
        for change in changes:
            words = in_words(change)
            for seed in range(TRIAL, TRIAL + TRIALS_EACH):
                if (name, words, seed) not in lines:
                    unit, _ = timed(train_mnist_fast, learnt, held, seed)
                    seconds, accuracy = timed(ours(settings, name, change), learnt, held, seed)
                    found = {"network": name, "change": words, "seed": seed}
                    found |= {"units": round(seconds / unit, 3), "accuracy": accuracy}
                    print(found, flush=True)
                    lines[name, words, seed] = {**found, **measuring.made()}
                    files.write_csv(TRIED, pd.DataFrame(lines.values()))


def main(words):
    """Run the rounds that are not finished yet, or, where asked for, trials of schedules."""
    settings = measuring.settings()
    device.prepare(**settings["compute"])
    learnt, held = ablation.parts(settings)
    if words == ["trials"]:
        return trials(settings, learnt, held)
    board = entries(settings)
    lines = measuring.finished(RUNS, KEY)
    for seed in range(ROUNDS):
        if any((entry, seed) not in lines for entry in board):
            for line in turn(board, learnt, held, seed):
                lines[line["entry"], seed] = line
            files.write_csv(RUNS, pd.DataFrame(lines.values()))
    files.write_csv(BOARD, summary(pd.DataFrame(lines.values()), len(held[1])))


# What each changes of params.yaml for its target, the cheapest of speed_trials.csv that both of the
# trials' seeds reached it with, or nearly, and a little more.
ENTRIES = {
    ("cnn", 0.99): {"images": 40_000, "epochs": 1, "batch_size": 192, "dropout": 0.0, **PLAIN},
    ("cnn", 0.995): {"epochs": 5, **PLAIN},
    ("ann", 0.99): {"epochs": 10, "widths": [256, 256], **PLAIN},
}

if __name__ == "__main__":
    main(sys.argv[1:])
