"""Which schedules were tried for the board of speed.py.

    PYTHONPATH=stages python benchmarks/schedules.py    # about half an hour on two cores

Each trial is trained and judged as an entry of the board, beside a run of the baseline, with seeds
that no round of the board has. speed_trials.csv has a line per finished run: kill this at any time
and start it again, what is finished is skipped.
"""

import pandas as pd

import learning
import measuring
import speed
from mnist.core import files
from mnist.training import augmentation, device
from strong import PLAIN

SEEDS = 100, 101
TRIED = measuring.ANSWER / "speed_trials.csv"
MILD = {**PLAIN, "rotation": 5.0, "shift": 1.0, "scale": 0.05, "shear": 0.05}
UNCHANGED = dict.fromkeys(augmentation.ACCEPTED, 0.0)
OTHERWISE = {"learning_rate": 0.012}, {"label_smoothing": 0.0}, {"averaging": 0.95}
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
        {"images": 40_000, "epochs": 1, "batch_size": 192, "dropout": 0.0, **PLAIN},
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
        {"epochs": 3, "dropout": 0.0, **PLAIN},
        {"epochs": 4, "dropout": 0.0, **PLAIN},
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
        *({"epochs": 8, "widths": [256, 256], **each, **PLAIN} for each in OTHERWISE),
        {"epochs": 10, "widths": [192, 192], **PLAIN},
        {"epochs": 10, "widths": [192, 192], "learning_rate": 0.012, **PLAIN},
        {"epochs": 12, "widths": [192, 192], "learning_rate": 0.012, **PLAIN},
        {"epochs": 10, "widths": [256, 256], "learning_rate": 0.012, **PLAIN},
    ],
}


def in_words(change):
    """Return a change as a line of the trials names it, its augmentation by one word."""
    keys = [key for key in change if key not in augmentation.ACCEPTED]
    kinds = {"plain": PLAIN, "mild": MILD, "no augmentation": UNCHANGED}
    own = {key: value for key, value in change.items() if key in augmentation.ACCEPTED}
    kind = next((f" {name}" for name, each in kinds.items() if own == each), "")
    return " ".join(f"{key}={change[key]}" for key in keys) + kind


def main():
    """Run the trials that are not finished yet."""
    settings = measuring.settings()
    device.prepare(**settings["compute"])
    learnt, held = learning.parts(settings)
    lines = measuring.finished(TRIED, ["network", "change", "seed"])
    speed.warm(learnt)
    every = [(name, change) for name, changes in TRIALS.items() for change in changes]
    for name, change in every:
        words = in_words(change)
        for seed in SEEDS:
            recipe = speed.digest(settings, name, change)
            if lines.get((name, words, seed), {}).get("recipe") != recipe:
                unit, _ = speed.timed(speed.train_mnist_fast, learnt, held, seed)
                trained = speed.ours(settings, name, change)
                seconds, accuracy = speed.timed(trained, learnt, held, seed)
                found = {"network": name, "change": words, "seed": seed, "recipe": recipe}
                found |= {"units": round(seconds / unit, 3), "accuracy": accuracy}
                print(found, flush=True)
                lines[name, words, seed] = {**found, **measuring.made()}
                files.write_csv(TRIED, pd.DataFrame(lines.values()))


if __name__ == "__main__":
    main()
