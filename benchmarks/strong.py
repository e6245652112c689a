"""What more time and larger networks bring.

    PYTHONPATH=stages python benchmarks/strong.py trials    # settings that were tried, an hour
    make strong                                             # the pipeline with the chosen one

A trial is trained on 50,000 images and judged on 10,000 others, as in ablation.py: trials.csv has a
line for each, and what is finished is skipped. `make strong` calls this without a word behind it,
to keep in strong.csv what the pipeline has just found, a line per network.
"""

import sys

import pandas as pd

import ablation
import learning
import measuring
from mnist.core import files, params
from mnist.training import device

SEED = 0
# What `make strong` runs.
ANN = {"widths": [1024, 1024], "epochs": 40}
CNN = {"widths": [32, 64, 96, 128], "epochs": 20}
CHOSEN = {"ann": ANN, "cnn": CNN}
PLAIN = {"ones": 0.0, "stroke": 0.0, "noise": 0.0}  # for MNIST's own hands and pixels alone
LONGER = {**CNN, "epochs": 40}
TRIALS = {  # what each changes of the committed recipe and augmentation
    "ann": {
        "1024 wide, 40 epochs": ANN,
        "1024 wide, 40 epochs, elastic": {**ANN, "elastic": 1.0},
        "1024 wide, 40 epochs, plain": {**ANN, **PLAIN},
        "1024 wide, 40 epochs, plain, elastic": {**ANN, **PLAIN, "elastic": 1.0},
    },
    "cnn": {
        "128 wide, 20 epochs": CNN,
        "128 wide, 40 epochs": LONGER,
        "128 wide, 40 epochs, elastic": {**LONGER, "elastic": 1.0},
        "128 wide, 40 epochs, plain": {**LONGER, **PLAIN},
        "128 wide, 40 epochs, plain, elastic": {**LONGER, **PLAIN, "elastic": 1.0},
    },
}


def changed(settings, name, change):
    """Return the recipe of a model and the augmentation, both with what the change replaces."""
    return tuple(
        {key: change.get(key, value) for key, value in settings[section].items()}
        for section in (name, "augment")
    )


def trials(settings):
    """Run the trials that are not finished yet."""
    learnt, held = learning.parts(settings)
    far = ablation.corrupted(*held)
    path = measuring.RESULTS / "trials.csv"

    def lines():
        return pd.read_csv(path, keep_default_na=False).to_dict("records") if path.exists() else []

    for name, mine in TRIALS.items():
        for change, keys in mine.items():
            recipe = changed(settings, name, keys)
            finished = [line["recipe"] for line in lines() if line["change"] == change]
            if learning.digest(*recipe) not in finished:
                found = ablation.run(name, change, SEED, *recipe, learnt, held, far)
                others = [line for line in lines() if line["change"] != change]
                table = pd.DataFrame([*others, found]).sort_values(["model", "change"])
                files.write_csv(path, table)


def networks(settings):
    """Return the lines of the networks that the pipeline has just trained and scored."""
    scored = pd.read_csv("metrics/seeds.csv").set_index(["part", "model", "seed"])
    sizes = files.read_json("metrics/selection.json")
    for name in params.models(settings):
        for seed in settings["seeds"]:
            test = scored.loc["test", name, seed]
            yield {
                "model": name,
                "seed": seed,
                "widths": " ".join(map(str, settings[name]["widths"])),
                "epochs": settings[name]["epochs"],
                "parameters": sizes[name]["parameters"],
                "validation_accuracy": scored.loc["validation", name, seed]["accuracy"],
                "test_accuracy": test["accuracy"],
                "low": test["low"],
                "high": test["high"],
                **measuring.made(),
            }


def main(words):
    """Run trials where the command line says so, else keep what the pipeline found."""
    settings = measuring.settings()
    if words == ["trials"]:
        device.prepare(**settings["compute"])
        trials(settings)
    elif words:
        raise SystemExit("strong.py: expected the word trials, or nothing after `make strong`")
    elif any(changed(settings, name, keys)[0] != settings[name] for name, keys in CHOSEN.items()):
        raise SystemExit("strong.py: params.yaml is not of the strong setting; run: make strong")
    else:
        files.write_csv(measuring.RESULTS / "strong.csv", pd.DataFrame(networks(settings)))


if __name__ == "__main__":
    main(sys.argv[1:])
