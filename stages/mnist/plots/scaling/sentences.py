"""What the curves of error against labels, size and training time say, in sentences.

Each follows from its table alone. The page says them, and docs/answer.md and README.md are tested
to say them, too.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from mnist.plots.style import title


def about(number: float) -> str:
    """Return a number with two digits that count, as people write it: 0.35, 2.1, 35, 1,400."""
    rounded = float(f"{number:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"


def between(numbers: Collection[float]) -> str:
    """Return the smallest and the largest number in words, once where they read alike."""
    ends = [about(each) for each in (min(numbers), max(numbers))]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def needed(table: pd.DataFrame, column: str, error: float) -> float | None:
    """Return at which value of a column a curve first falls to an error, or None if it never does.

    Straight lines between its points, in logarithms of both.
    """
    rows = table.sort_values(column)
    x, y = np.log(rows[column].to_numpy(float)), np.log(rows["error"].to_numpy(float))
    below = np.flatnonzero(y <= np.log(error))
    if not len(below):
        return None
    last = below[0]
    if last == 0:
        return float(np.exp(x[0]))
    share = (y[last - 1] - np.log(error)) / (y[last - 1] - y[last])
    return float(np.exp(x[last - 1] + share * (x[last] - x[last - 1])))


def ranked(table: pd.DataFrame, column: str) -> list[str]:
    """Return the models by their error at the largest value that all of them have, best first."""
    counts = table.groupby(column)["model"].nunique()
    last = table[table[column] == counts.index[counts == counts.max()].max()]
    return last.groupby("model")["error"].mean().sort_values().index.to_list()


def times(
    table: pd.DataFrame, column: str, best: str, other: str
) -> list[tuple[int, float | None]]:
    """Return, for each point of the best model, how many times as much the other needs.

    A list of the point's value of column, in order, and the factor, or None where the other never
    gets so far. Points at which the other's first is no worse are left out.
    """
    mine, others = (table[table["model"] == name].sort_values(column) for name in (best, other))
    found = []
    for value, error in zip(mine[column], mine["error"], strict=True):
        if error < others["error"].iloc[0]:
            enough = needed(others, column, error)
            found.append((value, enough and enough / value))
    return found


def labels(table: pd.DataFrame) -> str:
    """Return what the curves of labels say; takes the table that labels.py leaves."""
    augmented, plain = (table[table["augmented"] == each] for each in (True, False))
    best, other = ranked(augmented, "labels")[:2]
    found = times(augmented, "labels", best, other)
    reached = [(value, factor) for value, factor in found if factor]
    (few, least), (many, most) = reached[0], reached[-1]
    words = (
        f"To match the {title(best)} with {few:,} labels, the {title(other)} needs {about(least)} "
        f"times as many; to match it with {many:,}, {about(most)} times as many"
    )
    if never := [value for value, factor in found if not factor]:
        words += (
            f"; and with {augmented['labels'].max():,} it does not match the {title(best)} with "
            f"{never[0]:,}"
        )
    factors = [factor for _, factor in times(plain, "labels", best, other) if factor]
    return f"{words}. Without augmentation it needs {between(factors)} times as many."


def sizes(table: pd.DataFrame) -> str:
    """Return what the curves of sizes say; takes the table that sizes.py leaves."""
    best, other = ranked(table, "size")[:2]
    errors = table.pivot_table(index="size", columns="model", values="error").dropna()
    mine, others = (table[table["model"] == name] for name in (best, other))
    lowest = others.loc[others["error"].idxmin()]
    enough = needed(mine, "parameters", lowest["error"])
    words = (
        f"At equal size the {title(best)} errs {between(errors[other] / errors[best])} times less "
        f"often; for the lowest error of the {title(other)}, {100 * lowest['error']:.2f} % with "
        f"{lowest['parameters']:,} parameters, the {title(best)} needs "
    )
    if enough is None:
        return f"{words}more than were tried."
    return f"{words}about {about(enough)}, {about(lowest['parameters'] / enough)} times fewer."


def budgets(table: pd.DataFrame) -> str:
    """Return what the board says; takes the table that speed.py leaves.

    The cheapest entry of each network counts whose mean over seeds is at the target.
    """
    rows = table[table["target"].notna()]
    rows, said = rows[1 - rows["error"] >= rows["target"] - 1e-9], []
    for target, group in rows.groupby("target"):
        costs = group.groupby("network")["units"].min().sort_values()
        each = " and the ".join(f"{title(name)} {about(units)}" for name, units in costs.items())
        said.append(f"the {each} for {100 * target:.1f} %")
    words = "Counted in runs of train_mnist_fast, training to an accuracy on validation takes"
    return f"{words} {', and '.join(said)}."


# Curves: the name of their table in benchmarks/results, and what says it in a sentence.
CURVES = {"labels": ("labels", labels), "sizes": ("sizes", sizes), "budgets": ("speed", budgets)}
