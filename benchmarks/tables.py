"""Tables of what benchmarks found, as Markdown, for the pages that answer.py fills in."""

import pandas as pd

import labels
import learning
import sizes
import small


def percent(row, *names, digits=2):
    """Return a share with its interval as people read it: 0.46 % (0.28 to 0.65)."""
    mean, low, high = (f"{100 * row[name]:.{digits}f}" for name in names)
    return f"{mean} % ({low} to {high})"


def markdown(head, rows):
    """Return a table as Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def labels_table(table):
    """Return the points of the curves of labels."""
    rows, keys = [], [(name, each) for name in ("ann", "cnn") for each in (True, False)]
    for number, group in table.groupby("labels"):
        each = group.set_index(["model", "augmented"])
        digits = 1 if number < 3000 else 2
        cells = [percent(each.loc[key], "error", "low", "high", digits=digits) for key in keys]
        rows.append([f"{number:,}", each["draws"].iloc[0], *cells])
    head = ["labels", "draws", "ANN", "ANN, not augmented", "CNN", "CNN, not augmented"]
    return markdown(head, rows)


def sizes_table(table):
    """Return the points of the curves of sizes."""
    rows = []
    for row in table.sort_values(["size", "model"]).to_dict("records"):
        widths = ", ".join(str(row["widths"]).split())
        error = percent(row, "error", "low", "high")
        cost = f"{row['parameters']:,}", f"{row['multiply_accumulates']:,}"
        rows.append([row["model"].upper(), row["shape"], widths, *cost, row["seeds"], error])
    head = ["", "shape", "widths", "parameters", "multiply-accumulates", "seeds", "error"]
    return markdown(head, rows)


def effort(runs):
    """Return what the search for shapes took of each family."""
    rows = []
    for name, group in sizes.complete(runs).groupby("model"):
        searched = group[group["seed"] == sizes.FIRST]
        each = searched.groupby("size")["shape"].nunique()
        seconds = [f"{part['seconds'].sum() / 60:.0f} min" for part in (searched, group)]
        rows.append([name.upper(), len(each), each.max(), len(searched), *seconds])
    head = ["", "sizes", "shapes each, at most", "trials", "their time", "and that of all seeds"]
    return markdown(head, rows)


def board(table):
    """Return the board of times."""
    rows = []
    for row in table.sort_values("units").to_dict("records"):
        target = row["target"]
        wanted = ["–", "–"]
        if pd.notna(target):
            wanted = [f"{100 * target:.1f} %", f"{row['reached']} of {row['seeds']}"]
        name = row["network"] if pd.isna(target) else f"our {row['network'].upper()}"
        spread = f"{row['units']:.2f} ({row['least']:.2f} to {row['most']:.2f})"
        accuracy = 100 - 100 * row["error"], 100 - 100 * row["high"], 100 - 100 * row["low"]
        right = "{:.2f} % ({:.2f} to {:.2f})".format(*accuracy)
        rows.append([name, wanted[0], spread, right, wanted[1]])
    head = ["", "made for", "cost", "accuracy on validation", "seeds that reach it"]
    return markdown(head, rows)


def refit_table(table):
    """Return the recipes' test errors after training on all training images."""
    rows = []
    for name, group in table.groupby("model"):
        errors = ", ".join(map(str, group["test_errors"]))
        mean = f"{100 * group['test_accuracy'].mean():.2f} %"
        spread = f"{100 * group['test_accuracy'].std():.2f} points"
        first = group.iloc[0]
        images = f"{first['images']:,}"
        rows.append([name.upper(), images, first["epochs"], len(group), mean, spread, errors])
    head = ["", "images", "epochs", "seeds", "test accuracy", "standard deviation"]
    return markdown([*head, "errors of each seed"], rows)


def mnist_c_table(table):
    """Return the errors of both codes on MNIST-C's kinds."""
    rows = []
    for kind, group in table.groupby("kind", sort=False):
        cells = []
        for row in group.set_index("model").loc[["ann", "cnn"]].to_dict("records"):
            cells += [percent(row, who, f"{who}_low", f"{who}_high") for who in ("ours", "theirs")]
            low, high = (f"{100 * row[f'difference_{end}']:+.2f}" for end in ("low", "high"))
            cells.append(f"{low} to {high}")
        rows.append([kind.replace("_", " "), *cells])
    each = [f"{name}, {who}" for name in ("ANN", "CNN") for who in ("ours", "theirs", "difference")]
    return markdown(["kind", *each], rows)


def processors_table(table):
    """Return what each processor's networks reach."""
    rows = []
    for row in table.to_dict("records"):
        cells = [f"{row['machine']}, {row['vectors']}"]
        for name in ("ann", "cnn"):
            shares = row[f"{name}_validation"], row[f"{name}_test"]
            cells += [f"{100 * each:.2f} %" for each in shares]
            cells.append(f"{100 * row[f'{name}_corruption_error']:.1f} %")
        ends = (100 * row[f"difference{end}"] for end in ("", "_low", "_high"))
        rows.append([*cells, "{:.2f} ({:.2f} to {:.2f}) points".format(*ends)])
    each = [
        f"{name}: {what}"
        for name in ("ANN", "CNN")
        for what in ("validation", "test", "error on corruptions")
    ]
    return markdown(["processor", *each, "CNN − ANN on test"], rows)


def levers_table(table):
    """Return what each lever does to the recipes."""
    rows = []
    for row in table.to_dict("records"):
        effect = "{:+.2f} ({:+.2f} to {:+.2f})".format(*(row[k] for k in ("effect", "low", "high")))
        far, time = f"{row['corrupted_effect']:+.1f}", f"{row['time']:.1f}"
        rows.append([row["model"].upper(), row["change"], effect, far, time, row["seeds"]])
    return markdown(["", "change", "effect", "corrupted", "time", "seeds"], rows)


def small_table(runs):
    """Return the errors of the small CNN's variants, and of the best one's other seeds."""
    rows = []
    for variant, group in runs.groupby("variant", sort=False):
        searched = group["seed"] == small.FIRST
        first, others = group[searched].iloc[0], group[~searched]["errors"]
        cells = [variant, f"{first['parameters']:,}", first["epochs"]]
        cells.append(f"{100 * first['errors'] / learning.HELD:.2f} %")
        reported = "–"
        if len(others):
            low, high = labels.interval(others, learning.HELD)
            mean = others.mean() / learning.HELD
            reported = percent({"mean": mean, "low": low, "high": high}, "mean", "low", "high")
        rows.append([*cells, reported])
    return markdown(["variant", "parameters", "epochs", "error", "with other seeds"], rows)
