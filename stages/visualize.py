"""Draw what a person can learn from: errors, curves and the digits themselves."""

from mnist import stage


def main(seeds):
    """Draw the PNGs in plots/ from what evaluate left."""
    import json
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from mnist import data, figures, files

    images, labels = data.load("test")
    every = files.read_arrays("data/test.npz")
    shown = {name: p[0] for name, p in every.items()}  # galleries: the networks of one seed
    scores = json.loads(Path("metrics/test.json").read_text())

    for name, p in shown.items():
        bad = np.flatnonzero(p.argmax(1) != labels)
        worst = bad[np.argsort(p[bad, labels[bad]], kind="stable")][:40]
        title = (
            f"{figures.NAMES[name]}, seed {seeds[0]}: {len(bad)} of {len(labels):,} wrong, "
            f"the {len(worst)} least understood first"
        )
        picture = figures.gallery(images, labels, shown, worst, title)
        files.write(f"plots/misclassified_{name}.png", picture)
    some = np.arange(0, len(labels), len(labels) // 20)[:20]
    files.write(
        "plots/predictions.png",
        figures.gallery(images, labels, shown, some, "Twenty test digits, not chosen by result"),
    )

    counts, histories = {}, {}
    for name in every:
        rows = pd.read_csv(f"plots/confusion/{name}.csv")
        counts[name] = rows["count"].to_numpy().reshape(10, 10)
        histories[name] = pd.read_csv(f"plots/curves/{name}.csv")
    files.write("plots/confusion.png", figures.confusions(counts))
    files.write("plots/learning_curves.png", figures.curves(histories))
    files.write("plots/errors.png", figures.errors(scores, pd.read_csv("metrics/seeds.csv")))


if __name__ == "__main__":
    stage.run(main)
