"""Score both models: on validation and, here alone, on the test set."""

from mnist import stage


def main(seeds, compute):
    """Score all seeds of both models into metrics/ and into the data of the plots."""
    import numpy as np
    import pandas as pd
    import torch

    from mnist import data, files, inference, models, runs, scoring

    torch.set_num_threads(compute["threads"])
    images = torch.from_numpy(data.load("test")[0])
    labels = {part: data.load(part)[1] for part in ("train", "validation", "test")}

    rows, probabilities, sizes = [], {}, {}
    for name in models.ARCHITECTURES:
        runs.refuse_leftovers(name, seeds)
        on_test = []
        for seed in seeds:
            model = models.load(runs.folder(name, seed) / "weights.pt")
            seen = files.read_arrays(runs.folder(name, seed) / "predictions.npz")
            seen["test"] = inference.predict(model, images).numpy()
            on_test.append(seen["test"])
            sizes[name] = models.parameters(model)
            for part, p in seen.items():
                figures = scoring.network(p, labels[part][: len(p)])
                rows.append({"model": name, "seed": seed, "part": part, **figures})
        probabilities[name] = np.stack(on_test)

    table = pd.DataFrame(rows)
    wrong = {name: scoring.wrong(p, labels["test"]) for name, p in probabilities.items()}
    pairs = pd.DataFrame(
        [scoring.pair(wrong["ann"][i], wrong["cnn"][i], seed) for i, seed in enumerate(seeds)]
    )
    files.write_json("metrics/selection.json", scoring.selection(table, sizes))
    files.write_json("metrics/test.json", scoring.verdict(table, pairs, wrong))
    files.write_csv("metrics/seeds.csv", table.round(6))
    files.write_csv("metrics/pairs.csv", pairs)
    files.write_csv(
        "metrics/classes.csv",
        pd.concat(
            scoring.class_table(name, p, labels["test"]) for name, p in probabilities.items()
        ),
    )
    for name, p in probabilities.items():
        files.write_csv(f"plots/confusion/{name}.csv", scoring.confusion_rows(p, labels["test"]))
        files.write_csv(f"plots/curves/{name}.csv", runs.history(name, seeds))
    files.write_arrays("data/test.npz", **probabilities)


if __name__ == "__main__":
    stage.run(main)
