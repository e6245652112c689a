"""Score both models: on validation and, here alone, on the test set."""

from mnist import stage


def main(seeds, compute):
    """Score all seeds of both models into metrics/ and into the data of the plots."""
    import numpy as np
    import pandas as pd
    import torch

    from mnist import committee, cost, data, files, inference, models, runs, scoring

    torch.set_num_threads(compute["threads"])
    images, validation = torch.from_numpy(data.load("test")[0]), data.load("validation")[0]
    labels = {part: data.load(part)[1] for part in ("train", "validation", "test")}

    rows, probabilities, wrong, costs, classes, networks = [], {}, {}, {}, {}, {}
    runs.refuse_leftovers(models.ARCHITECTURES, seeds)
    for name, several in committee.networks(seeds).items():
        tested = []
        for seed, model in zip(seeds, several, strict=True):
            seen = files.read_arrays(runs.folder(name, seed) / "predictions.npz")
            seen["test"] = inference.predict(model, images).numpy()
            for part, p in seen.items():
                figures = scoring.network(p, labels[part][: len(p)])
                rows.append({"model": name, "seed": seed, "part": part, **figures})
            tested.append(seen["test"])
        networks[name], probabilities[name] = model, np.stack(tested)
        together = committee.together(several, validation)
        costs[name] = {
            "bytes": (runs.folder(name, seed) / "weights.pt").stat().st_size,
            "multiply_accumulates": cost.multiply_accumulates(model),
            "parameters": models.parameters(model),
            "unsure_below": scoring.unsure_below(together),
            "validation_together": round((together.argmax(1) == labels["validation"]).mean(), 5),
        }
        wrong[name] = probabilities[name].argmax(2) != labels["test"]
        classes[name] = scoring.class_table(tested, labels["test"])
        drawn = {
            "calibration": scoring.calibration_rows(tested, labels["test"]),
            "confusion": scoring.confusion_rows(tested, labels["test"]),
            "coverage": scoring.coverage_rows(tested, labels["test"]),
            "curves": runs.history(name, seeds),
        }
        for plot, points in drawn.items():
            files.write_csv(f"plots/{plot}/{name}.csv", points)

    table = pd.DataFrame(rows)
    means = table.drop(columns="seed").groupby(["part", "model"]).mean()
    each = zip(wrong["ann"], wrong["cnn"], seeds, strict=True)
    pairs = pd.DataFrame([scoring.pair(*pair) for pair in each])
    files.write_json("metrics/selection.json", scoring.selection(means, costs))
    files.write_json("metrics/test.json", scoring.verdict(means, pairs, wrong))
    files.write_csv("metrics/seeds.csv", table.round(6))
    files.write_csv("metrics/pairs.csv", pairs)
    files.write_csv("metrics/classes.csv", pd.concat(classes, names=["model"]).reset_index(0))
    files.write_arrays("data/test.npz", **probabilities)
    cost.note(networks, seeds, compute["threads"])


if __name__ == "__main__":
    stage.run(main)
