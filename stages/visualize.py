"""Draw what a person can learn from, and put it on one page: plots/pictures, plots/report.html."""

import functools
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure

from mnist.core import command, files, runs
from mnist.data import prepared
from mnist.evaluation import examples, saliency
from mnist.models import weights
from mnist.plots import benchmarks, charts, grids, style, tables, transfer
from mnist.plots.page import report
from mnist.plots.scaling import curves, sentences
from mnist.plots.tables import read

SHOWN = 8  # images in the picture of attention
EVENLY = 20  # test images shown whatever is said about them
EDGE = "pipelines/edge/metrics/edge.json"
TRANSFER = Path("pipelines/transfer/metrics")
# Lines of benchmarks/results/ablation.csv.
DROPOUT = "as it is", "no dropout", "dropout 0.2", "dropout 0.5"

Answers = dict[str, np.ndarray]  # {model: probabilities (seeds, n, classes)}
Drawn = Iterator[tuple[str, Figure]]  # names of pictures, without .png


def measured(models: list[str], metrics: dict[str, dict], n: int) -> Drawn:
    """Draw what evaluate measured on n test images."""
    found = {
        kind: {model: read(f"plots/tables/{kind}/{model}.csv") for model in models}
        for kind in ("calibration", "confusion", "coverage", "curves")
    }
    yield "errors", charts.errors(metrics["test"], read("metrics/seeds.csv"), models)
    yield "learning_curves", charts.curves(found["curves"])
    yield "confusion", charts.confusions(found["confusion"])
    yield "calibration", charts.calibration(found["calibration"], found["coverage"], n)
    # A backward pass costs about two forward passes: Kaplan et al. 2020, section 2.1.
    passes, spent = 3 * len(prepared.load("train")[0]), {}
    for model, table in found["curves"].items():
        each = passes * metrics["selection"][model]["multiply_accumulates"]
        spent[model] = (table["epoch"] * each / 1e9).to_list()
    label = "billions of multiply-accumulates spent on training"
    yield "spending", charts.spending(spent, found["curves"], label)


def benchmarked(models: list[str]) -> Drawn:
    """Draw what benchmarks/ and pipelines/ measured once, on MNIST."""
    names = "ablation", "effects", "peers", "costs"
    found = {name: read(f"benchmarks/results/{name}.csv") for name in names}
    ablation = found["ablation"]
    yield "dropout", benchmarks.dropout(ablation[ablation["change"].isin(DROPOUT)], models)
    yield "ablation", benchmarks.effects(found["effects"], models)
    yield "peers", benchmarks.peers(found["peers"], found["costs"], models)
    yield "file_sizes", benchmarks.file_sizes(tables.exported(EDGE), models)
    yield "backbones", transfer.backbones(read(TRANSFER / "transfer.csv"), models)
    names = "few_labels", "few_labels_people"
    hands = [read(TRANSFER / f"{name}.csv") for name in names]
    yield "few_labels", transfer.few_labels(pd.concat(hands), models)


def scaled(found: dict[str, pd.DataFrame], models: list[str]) -> Drawn:
    """Draw error against labels, size and training time, measured once, on MNIST."""
    published = read("benchmarks/results/published.csv")
    yield "labels", curves.labels(found["labels"], models)
    yield "sizes", curves.sizes(found["sizes"], published, models)
    yield "budgets", curves.budgets(found["budgets"], models)


def galleries(probabilities: Answers, seed: int, classes: list[str]) -> Drawn:
    """Draw images, what the networks of the first seed say of them, and what the seeds' mean says.

    Takes what the networks answer to the test images.
    """
    images, labels = prepared.load("test")
    yield "samples", grids.samples(*prepared.load("train"), classes)
    first = {model: p[0] for model, p in probabilities.items()}
    mean = {model: p.mean(axis=0) for model, p in probabilities.items()}
    gallery = functools.partial(grids.gallery, images, labels, classes=classes)
    for model, p in first.items():
        chosen, title = examples.mistakes(p, labels)
        title = f"{style.title(model)}, seed {seed}: {title}"
        yield f"misclassified_{model}", gallery(first, chosen, title)
    evenly = range(0, len(labels), max(1, len(labels) // EVENLY))[:EVENLY]
    title = f"Twenty test images, evenly taken, and seed {seed}'s answers"
    yield "predictions", gallery(first, evenly, title)
    for name, (chosen, title) in examples.contrasts(probabilities, labels).items():
        yield name, gallery(mean, chosen, title)
    chosen = examples.confused(probabilities, labels)
    title = "The most frequent confusions, a row each"
    yield "confused_pairs", gallery(mean, chosen, title, columns=6)

    alone = examples.contrasts({model: p[:1] for model, p in probabilities.items()}, labels)
    chosen, _ = next(iter(alone.values()))  # the first pair's; all errors where there is no pair
    looked = [*chosen, *evenly][:SHOWN]
    maps = {}
    for model in first:
        network = weights.load(runs.weights(model, seed), model)
        maps[model] = saliency.smooth_gradient(network, torch.from_numpy(images[looked])).numpy()
    said = {model: p[looked].argmax(1) for model, p in first.items()}
    shown = images[looked], labels[looked]
    yield "attention", grids.attention(*shown, said, maps, classes=classes)


def draw_seconds(models: list[str], seeds: list[int]) -> None:
    """Draw error against seconds, plots/seconds.png, where every run was timed here.

    It is no output of this stage, since seconds differ from run to run.
    """
    path, seconds = Path("plots/seconds.png"), {model: runs.timed(model, seeds) for model in models}
    path.unlink(missing_ok=True)
    if all(seconds.values()):
        spent = {model: np.median(each, axis=0) for model, each in seconds.items()}
        curves = {model: read(f"plots/tables/curves/{model}.csv") for model in models}
        label = "seconds of training, the median over the seeds"
        files.write(path, style.png(charts.spending(spent, curves, label)))


def main(seeds, models):
    """Draw plots/pictures, and the page that explains them, from what the other stages left."""
    torch.set_num_threads(1)  # saliency is little work, and so the same everywhere
    dataset, labels = prepared.dataset(), prepared.load("test")[1]
    arrays = files.read_arrays("data/test.npz")
    with files.reading("data/test.npz"):
        probabilities = {model: arrays[model] for model in models}
    metrics = tables.metrics(models)
    scaling, said, pictures = {}, {}, {}
    for name, (table, say) in sentences.CURVES.items():
        path = f"benchmarks/results/{table}.csv"
        scaling[name] = read(path)
        with files.reading(path):
            said[name] = say(scaling[name])
    for name in ("corruptions", "corruption_errors", "geometry"):
        path = Path(f"plots/generalization/{name}.png")
        pictures[name] = tables.picture(path)

    with files.replacing(Path("plots/pictures"), Path("plots/.pictures")) as folder:
        drawn = measured(models, metrics, len(labels)), benchmarked(models), scaled(scaling, models)
        shown = galleries(probabilities, seeds[0], dataset.classes)
        for name, figure in itertools.chain(*drawn, shown):
            pictures[name] = style.png(figure)
            files.write(folder / f"{name}.png", pictures[name])
    draw_seconds(models, seeds)
    about = {"name": dataset.name, "classes": dataset.classes, "digits": dataset.digits}
    page = report.page(metrics, models, len(labels), pictures, said, **about)
    files.write("plots/report.html", page.encode())


if __name__ == "__main__":
    command.run(main)
