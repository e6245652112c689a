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

    pictures, counts, histories = {}, {}, {}
    for name, p in shown.items():
        bad = np.flatnonzero(p.argmax(1) != labels)
        worst = bad[np.argsort(-p[bad].max(1), kind="stable")][:40]
        title = f"{figures.NAMES[name]}, seed {seeds[0]}: {len(bad)} of {len(labels):,} wrong, "
        title += f"the {len(worst)} surest mistakes first"
        pictures[f"misclassified_{name}"] = figures.gallery(images, labels, shown, worst, title)
        table = pd.read_csv(f"plots/confusion/{name}.csv")
        counts[name] = table["count"].to_numpy().reshape(10, 10)
        histories[name] = pd.read_csv(f"plots/curves/{name}.csv")
    some, title = range(0, len(labels), len(labels) // 20), "Twenty test digits, evenly taken"
    pictures["predictions"] = figures.gallery(images, labels, shown, some[:20], title)
    pictures["confusion"] = figures.confusions(counts)
    pictures["learning_curves"] = figures.curves(histories)
    test, table = json.loads(Path("metrics/test.json").read_text()), "metrics/seeds.csv"
    pictures["errors"] = figures.errors(test, pd.read_csv(table))
    for name, picture in pictures.items():
        files.write(f"plots/{name}.png", picture)


if __name__ == "__main__":
    stage.run(main)
