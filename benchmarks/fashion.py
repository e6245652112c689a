"""Does the answer hold on Fashion-MNIST? Keeps what the pipeline has just found there.

    FASHION_MNIST_MIRROR=/folder/or/url make fashion    # as long as make; the variable if needed

fashion_mnist.csv has a line per model, with the mean test accuracy over the seeds and its 95 %
interval over seeds and images, and a line for the difference of each pair. The recipes are those
chosen for MNIST: none was changed for clothes.
"""

import itertools

import pandas as pd

import measuring
from mnist.core import files, params


def rows(values):
    """Return the lines, from metrics/ as evaluate left them."""
    test, selection = (files.read_json(f"metrics/{name}.json") for name in ("test", "selection"))
    models = params.models(values)
    pairs = [f"{second}_minus_{first}" for first, second in itertools.combinations(models, 2)]
    found = []
    for name in [*models, *pairs]:
        figures = {key: test[name].get(key) for key in ("accuracy", "low", "high", "errors")}
        held = selection[name]["validation_accuracy"] if name in models else None
        seeds = {"seeds": len(values["seeds"]), "validation_accuracy": held}
        found.append({"of": name, **figures, **seeds, **measuring.made()})
    return found


def main():
    """Write fashion_mnist.csv where the pipeline has just run on Fashion-MNIST."""
    measuring.require("fashion_mnist", "make fashion")
    table = pd.DataFrame(rows(measuring.settings()))
    files.write_csv(measuring.RESULTS / "fashion_mnist.csv", table)


if __name__ == "__main__":
    main()
