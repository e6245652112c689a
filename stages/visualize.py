"""Draw what a person can learn from, and put it on one page: plots/*.png and plots/report.html."""

from mnist import stage

# Lines of benchmarks/ablation.csv.
DROPOUT = "as it is", "no dropout", "dropout 0.2", "dropout 0.5"


def main(seeds):
    """Draw the PNGs in plots/, and the page that explains them, from what evaluate left."""
    from pathlib import Path

    import numpy as np
    import pandas as pd
    import torch

    from mnist import (
        comparisons,
        data,
        figures,
        files,
        galleries,
        models,
        report,
        runs,
        saliency,
        sheets,
    )

    torch.set_num_threads(1)  # the maps of saliency are little work, and so the same everywhere
    images, labels = data.load("test")
    every = files.read_arrays("data/test.npz")
    runs.refuse_leftovers(every, seeds)
    test, selection = (files.read_json(f"metrics/{name}.json") for name in ("test", "selection"))
    kinds = ("calibration", "confusion", "coverage", "curves")
    tables = {k: {m: pd.read_csv(f"plots/{k}/{m}.csv") for m in every} for k in kinds}

    ablation = pd.read_csv("benchmarks/ablation.csv")
    pictures = {
        "errors": figures.errors(test, pd.read_csv("metrics/seeds.csv")),
        "learning_curves": figures.curves(tables["curves"]),
        "confusion": figures.confusions(tables["confusion"]),
        "calibration": figures.calibration(tables["calibration"], tables["coverage"], len(labels)),
        "dropout": comparisons.dropout(ablation[ablation["change"].isin(DROPOUT)]),
        "ablation": comparisons.effects(pd.read_csv("benchmarks/effects.csv")),
        "peers": comparisons.peers(
            *map(pd.read_csv, ("benchmarks/peers.csv", "benchmarks/costs.csv"))
        ),
    }
    trained = len(data.load("train")[0])
    # A backward pass costs about two forward passes: Kaplan et al. 2020, section 2.1.
    spent = {m: selection[m]["multiply_accumulates"] * 3 * trained / 1e9 for m in every}
    spent = {m: (t["epoch"] * spent[m]).to_list() for m, t in tables["curves"].items()}
    label = "billions of multiply-accumulates spent on training"
    pictures["spending"] = figures.spending(spent, tables["curves"], label)
    seconds = {m: runs.timed(m, seeds) for m in every}
    Path("plots/seconds.png").unlink(missing_ok=True)
    if all(seconds.values()):  # no output of this stage, since seconds differ from run to run
        spent = {m: np.median(each, axis=0) for m, each in seconds.items()}
        label = "seconds of training, the median over the seeds"
        files.write("plots/seconds.png", figures.spending(spent, tables["curves"], label))

    first = {m: p[0] for m, p in every.items()}  # the networks of the first seed
    mean = {m: p.mean(axis=0) for m, p in every.items()}
    for model in every:
        chosen, title = galleries.mistakes(first[model], labels)
        title = f"{figures.NAMES[model]}, seed {seeds[0]}: {title}"
        pictures[f"misclassified_{model}"] = sheets.gallery(images, labels, first, chosen, title)
    evenly = range(0, len(labels), max(1, len(labels) // 20))[:20]
    title = f"Twenty test digits, evenly taken, and seed {seeds[0]}'s answers"
    pictures["predictions"] = sheets.gallery(images, labels, first, evenly, title)
    several = galleries.contrasts(every, labels)
    for name, (chosen, title) in several.items():
        pictures[name] = sheets.gallery(images, labels, mean, chosen, title)
    chosen, title = galleries.confused(every, labels), "The most frequent confusions, a row each"
    pictures["confused_pairs"] = sheets.gallery(images, labels, mean, chosen, title, columns=6)

    # The maps are those of the first seed's networks, and so are the answers under them.
    alone = galleries.contrasts({m: p[:1] for m, p in every.items()}, labels)
    looked = [*alone["only_ann_wrong"][0], *evenly][:8]
    maps = {}
    for model in every:
        network = models.load(runs.folder(model, seeds[0]) / "weights.pt", model)
        maps[model] = saliency.smooth_gradient(network, torch.from_numpy(images[looked])).numpy()
    answers = {model: first[model][looked].argmax(1) for model in every}
    pictures["attention"] = sheets.attention(images[looked], labels[looked], answers, maps)

    for name, picture in pictures.items():
        files.write(f"plots/{name}.png", picture)
    for name in ("geometry", "corruption_errors", "corruptions"):  # drawn by generalize
        pictures[name] = Path(f"plots/{name}.png").read_bytes()
    page = report.page(test, selection, len(labels), pictures)
    files.write("plots/report.html", page.encode())


if __name__ == "__main__":
    stage.run(main)
