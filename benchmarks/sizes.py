"""What size buys: error of both families against parameters, arithmetic and bytes.

    PYTHONPATH=stages python benchmarks/sizes.py    # some hours, most of them for large CNNs

For each number of parameters, both families are given the same small search: three shapes, each as
wide as the number allows, trained with the recipe of params.yaml and the seed FIRST on 50,000
images; 10,000 others, none of them a test image, judge. The best shape is trained again with other
seeds, and these alone make the curve, since the first was chosen for its luck, too. sizes_runs.csv
has a line per finished run: kill this at any time and start it again, what is finished is skipped.
sizes.csv has a line per point of the curve, with its interval.
"""

import time

import pandas as pd

import labels
import learning
import measuring
from mnist.core import files, params
from mnist.data import prepared
from mnist.evaluation import efficiency
from mnist.models import inference, weights
from mnist.training import device, job

SIZES = 1000, 3000, 9000, 30_000, 100_000, 300_000, 1_000_000, 2_000_000
FIRST, SEEDS = 0, (1, 2, 3)  # the seed that chooses, and those that are reported
# Widths relative to the first layer's: depth for the one family, how fast channels grow for the
# other, whose depth is fixed by its 28 pixels. Each has the recipe's own shape among them.
SHAPES = {
    "ann": {"one layer": (1,), "two layers": (1, 1), "three layers": (1, 1, 1)},
    "cnn": {"as params.yaml": (1, 2, 3, 6), "doubling": (1, 2, 4, 8), "even": (1, 1, 1.5, 2)},
}
STEPS = 6  # of the factor by which a shape grows, for a layer of the first's width
RUNS, POINTS = measuring.ANSWER / "sizes_runs.csv", measuring.RESULTS / "sizes.csv"
KEY = ["model", "size", "shape", "seed"]


def build(name, recipe, classes):
    """Return a network with a recipe, as it begins."""
    arguments, _ = job.divided(weights.architecture(name), recipe)
    built = weights.Configuration(name, {"classes": classes, **arguments}, 0.13, 0.31)
    return weights.build(built, FIRST).eval()


def widths(name, shape, size, recipe, classes):
    """Return the widest layers of a shape with at most so many parameters, or None."""

    def wide(factor):
        return [max(1, int(factor * each / STEPS)) for each in shape]

    def fits(factor):
        own = {**recipe, "widths": wide(factor)}
        return efficiency.parameters(build(name, own, classes)) <= size

    high = 1
    while fits(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return wide(low) if low else None


def run(key, recipe, augment, learnt, held):
    """Return the line of one run: size, costs, and how many of the held images it gets wrong."""
    name, size, shape, seed = key
    start = time.perf_counter()
    model = learning.train(name, seed, recipe, augment, learnt)
    seconds = time.perf_counter() - start
    errors = int((inference.predict(model, held[0]).argmax(1) != held[1]).sum())
    print(f"{name}, {size} parameters, {shape}, seed {seed}: {errors} errors", flush=True)
    return dict(zip(KEY, key, strict=True)) | {
        "recipe": learning.digest(recipe, augment),
        "widths": " ".join(map(str, recipe["widths"])),
        "parameters": efficiency.parameters(model),
        "multiply_accumulates": efficiency.multiply_accumulates(model),
        "bytes": 4 * sum(each.numel() for each in model.state_dict().values()),
        "seconds": round(seconds, 1),
        "errors": errors,
    }


def current(lines, settings):
    """Return those of {values of KEY: line} that SIZES, SHAPES and params.yaml still ask for."""
    found = {}
    for key, row in lines.items():
        name, size, shape, _ = key
        if size in SIZES and shape in SHAPES.get(name, ()):
            wide = [int(each) for each in str(row["widths"]).split()]
            recipe = {**settings[name], "widths": wide}
            if row["recipe"] == learning.digest(recipe, settings["augment"]):
                found[key] = row
    return found


def best(lines, name, size):
    """Return the shape of a model and size with the fewest errors of those that were searched."""
    mine = [row for key, row in lines.items() if key[:2] == (name, size) and key[3] == FIRST]
    return min(mine, key=lambda row: row["errors"])["shape"]


def complete(lines):
    """Return the lines of the sizes that both families have been through, with all seeds."""
    reported = lines[lines["seed"] != FIRST].groupby(["size", "model"])["seed"].nunique()
    through = reported.unstack().reindex(columns=list(SHAPES)) >= len(SEEDS)
    return lines[lines["size"].isin(through.index[through.all(axis=1)])]


def points(lines, n):
    """Return a line per point of the curves: mean error of its seeds, with its interval.

    A size counts when both families have been through it.
    """
    rows, lines = [], complete(lines)
    reported = lines[lines["seed"] != FIRST]
    for (name, size, shape), group in reported.groupby(KEY[:3], sort=False):
        low, high = labels.interval(group["errors"], n)
        first = group.iloc[0]
        found = {"model": name, "size": size, "shape": shape, "widths": first["widths"]}
        found |= {key: first[key] for key in ("parameters", "multiply_accumulates", "bytes")}
        found |= {"seeds": len(group), "error": group["errors"].mean() / n}
        rows.append({**found, "low": low, "high": high})
    return pd.DataFrame(rows).round(6)


def main():
    """Run what is not finished yet, the small sizes first, and write the points that there are."""
    settings = measuring.settings()
    device.prepare(**settings["compute"])
    learnt, held = learning.parts(settings)
    classes = len(prepared.dataset().classes)
    lines = current(measuring.finished(RUNS, KEY), settings)

    def finish(key, wide):
        recipe = {**settings[key[0]], "widths": wide}
        known = learning.digest(recipe, settings["augment"])
        if lines.get(key, {}).get("recipe") != known:
            lines[key] = run(key, recipe, settings["augment"], learnt, held) | measuring.made()
            table = pd.DataFrame(lines.values())
            files.write_csv(RUNS, table)
            files.write_csv(POINTS, points(table, len(held[1])))

    for size in SIZES:
        for name in params.models(settings):
            shapes = {
                shape: widths(name, ratio, size, settings[name], classes)
                for shape, ratio in SHAPES[name].items()
            }
            shapes = {shape: wide for shape, wide in shapes.items() if wide}
            for shape, wide in shapes.items():
                finish((name, size, shape, FIRST), wide)
            chosen = best(lines, name, size)
            for seed in SEEDS:
                finish((name, size, chosen, seed), shapes[chosen])


if __name__ == "__main__":
    main()
