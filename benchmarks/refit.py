"""Like for like: the recipes trained on all training images, as published figures mostly are.

    PYTHONPATH=stages python benchmarks/refit.py    # a quarter of an hour

The pipeline keeps a part of the training images for validation; here nothing is held back, nothing
is chosen, and the networks after the last epoch of params.yaml answer the test images, each once.
refit.csv has a line per finished run: kill this at any time and start it again, what is finished is
skipped.
"""

import time

import numpy as np
import pandas as pd
import torch

import learning
import measuring
from mnist.core import files, params
from mnist.data import prepared
from mnist.models import inference
from mnist.training import device

SEEDS = 0, 1, 2, 3, 4
PATH = measuring.ANSWER / "refit.csv"
KEY = ["model", "seed"]


def run(name, seed, settings, learnt, test):
    """Return the line of one run: how many of the test images it gets wrong."""
    start = time.perf_counter()
    model = learning.train(name, seed, settings[name], settings["augment"], learnt)
    seconds = time.perf_counter() - start
    errors = int((inference.predict(model, test[0]).argmax(1) != test[1]).sum())
    print(f"{name}, seed {seed}, all training images: {errors} test errors", flush=True)
    return {
        "model": name,
        "seed": seed,
        "recipe": learning.digest(settings[name], settings["augment"]),
        "images": len(learnt[1]),
        "epochs": settings[name]["epochs"],
        "seconds": round(seconds, 1),
        "test_errors": errors,
        "test_accuracy": 1 - errors / len(test[1]),
        **measuring.made(),
    }


def main():
    """Run what is not finished yet."""
    settings = measuring.settings()
    measuring.require("mnist", "make")
    device.prepare(**settings["compute"])
    parts = map(prepared.load, ("train", "validation"))
    learnt = [torch.from_numpy(np.concatenate(each)) for each in zip(*parts, strict=True)]
    test = [torch.from_numpy(each) for each in prepared.load("test")]
    models = params.models(settings)
    digests = {name: learning.digest(settings[name], settings["augment"]) for name in models}
    asked = {(name, seed): digests[name] for seed in SEEDS for name in models}
    lines = measuring.current(measuring.finished(PATH, KEY), asked)
    for key in asked:
        if key not in lines:
            lines[key] = run(*key, settings, learnt, test)
        files.write_csv(PATH, pd.DataFrame(lines.values()))


if __name__ == "__main__":
    main()
