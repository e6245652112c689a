"""How far a CNN of under 9,000 parameters gets when it may train for longer.

    PYTHONPATH=stages python benchmarks/small.py    # forty minutes on two cores

Small networks are prone to underfitting: more epochs, and images closer to MNIST's, may help. Each
of VARIANTS is trained with the seed FIRST on 50,000 images; 10,000 others, none of them a test
image, judge. The best is trained again with other seeds, and these alone are its figure. small.csv
has a line per finished run: kill this at any time and start it again, what is finished is skipped.
"""

import pandas as pd

import learning
import measuring
import sizes
import strong
from mnist.core import files
from mnist.data import prepared
from mnist.training import device

NAME, SIZE = "cnn", 9000
FIRST, SEEDS = 0, (1, 2, 3)
LONG = {"epochs": 60, **strong.PLAIN}
VARIANTS = {  # what each changes of the recipe and the augmentation, and the shape, of sizes.SHAPES
    "even": (LONG, "even"),
    "as params.yaml": (LONG, "as params.yaml"),
    "even, no dropout": ({**LONG, "dropout": 0.0}, "even"),
    "even, no dropout, no label smoothing": (
        {**LONG, "dropout": 0.0, "label_smoothing": 0.0},
        "even",
    ),
    "even, no dropout, batch 128": ({**LONG, "dropout": 0.0, "batch_size": 128}, "even"),
}
PATH, KEY = measuring.ANSWER / "small.csv", ["variant", "seed"]


def recipe_for(variant, settings, classes):
    """Return the recipe and the augmentation of a variant."""
    change, shape = VARIANTS[variant]
    recipe, augment = strong.changed(settings, NAME, change)
    ratio = sizes.SHAPES[NAME][shape]
    return {**recipe, "widths": sizes.widths(NAME, ratio, SIZE, recipe, classes)}, augment


def main():
    """Run what is not finished yet."""
    settings = measuring.settings()
    device.prepare(**settings["compute"])
    learnt, held = learning.parts(settings)
    classes = len(prepared.dataset().classes)
    recipes = {variant: recipe_for(variant, settings, classes) for variant in VARIANTS}
    digests = {variant: learning.digest(*recipe) for variant, recipe in recipes.items()}
    asked = {(variant, seed): digests[variant] for variant in VARIANTS for seed in (FIRST, *SEEDS)}
    lines = measuring.current(measuring.finished(PATH, KEY), asked)

    def finish(variant, seed):
        recipe, augment = recipes[variant]
        if (variant, seed) not in lines:
            found = sizes.run((NAME, SIZE, variant, seed), recipe, augment, learnt, held)
            found = {"variant": found.pop("shape"), "epochs": recipe["epochs"], **found}
            lines[variant, seed] = found | measuring.made()
            files.write_csv(PATH, pd.DataFrame(lines.values()))

    for variant in VARIANTS:
        finish(variant, FIRST)
    chosen = min(VARIANTS, key=lambda variant: lines[variant, FIRST]["errors"])
    for seed in SEEDS:
        finish(chosen, seed)
    wanted = [line for (name, seed), line in lines.items() if seed == FIRST or name == chosen]
    files.write_csv(PATH, pd.DataFrame(wanted))


if __name__ == "__main__":
    main()
