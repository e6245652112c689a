"""What the curves of error against labels, size and training time say, in sentences.

Each follows from its table alone. The page says them, and docs/answer.md and README.md are tested
to say them, too.
"""

from collections.abc import Collection

import pandas as pd

from mnist.plots.scaling.crossings import Crossing, crossing, overlap
from mnist.plots.style import title


def about(number: float) -> str:
    """Return a number with two digits that count, as people write it: 0.35, 2.1, 35, 1,400."""
    rounded = float(f"{number:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"


def between(numbers: Collection[float]) -> str:
    """Return the smallest and the largest number in words, once where they read alike."""
    ends = [about(each) for each in (min(numbers), max(numbers))]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def percent(error: float) -> str:
    """Return an error, a share, in percent: 0.67, 1.18, 3.1, 70."""
    return f"{100 * error:.{2 if error < 0.02 else 1 if error < 0.1 else 0}f}"


def ranked(table: pd.DataFrame, column: str) -> list[str]:
    """Return the models by their error at the largest value that all of them have, best first."""
    counts = table.groupby(column)["model"].nunique()
    last = table[table[column] == counts.index[counts == counts.max()].max()]
    return last.groupby("model")["error"].mean().sort_values().index.to_list()


def times(
    table: pd.DataFrame, column: str, best: str, other: str
) -> list[tuple[pd.Series, Crossing]]:
    """Return, for each point of the best model, how many times as much the other needs.

    A list of the point and the factor, in order of the column. Points at which the other's first is
    no worse are left out.
    """
    mine, others = (table[table["model"] == name].sort_values(column) for name in (best, other))
    found = []
    for _, point in mine.iterrows():
        if point["error"] < others["error"].iloc[0]:
            ends = crossing(others, column, point)
            found.append((point, Crossing(*(end and end / point[column] for end in ends))))
    return found


def _interval(low: float, high: float | None) -> str:
    """Return the ends of an interval in words; None is beyond what was tried."""
    return f"at least {about(low)}" if high is None else between((low, high))


def _never(table: pd.DataFrame, found: list[tuple[pd.Series, Crossing]], best: str, other: str):
    """Return what the other's last point is beside the first point that it does not match."""
    last = table[table["model"] == other].sort_values("labels").iloc[-1]
    point = next((point for point, factor in found if factor.value is None), None)
    if point is None:
        return ""
    words = (
        f"with {last['labels']:,} it errs in {percent(last['error'])} %, where the {title(best)} "
        f"with {point['labels']:,} errs in {percent(point['error'])} %"
    )
    return words + " (the intervals overlap)" * overlap(last, point)


def labels(table: pd.DataFrame) -> str:
    """Return what the curves of labels say; takes the table that labels.py leaves."""
    augmented, plain = (table[table["augmented"] == each] for each in (True, False))
    best, other = ranked(augmented, "labels")[:2]
    found = times(augmented, "labels", best, other)
    reached = [(point, factor) for point, factor in found if factor.value]
    (few, least), (many, most) = reached[0], reached[-1]
    words = (
        f"To match the {title(best)} with {few['labels']:,} labels, the {title(other)} needs "
        f"{about(least.value)} times as many ({_interval(*least[1:])}); to match it with "
        f"{many['labels']:,}, {about(most.value)} times as many ({_interval(*most[1:])})"
    )
    if never := _never(augmented, found, best, other):
        words += f"; and {never}"
    found = times(plain, "labels", best, other)
    reached = {point["labels"]: factor.value for point, factor in found if factor.value}
    words += f". Without augmentation it needs {between(reached.values())} times as many"
    if never := _never(plain, found, best, other):
        words += f" up to {max(reached):,} labels, and {never}"
    return f"{words}."


def sizes(table: pd.DataFrame) -> str:
    """Return what the curves of sizes say; takes the table that sizes.py leaves."""
    best, other = ranked(table, "size")[:2]
    mine, others = (table[table["model"] == name].set_index("size") for name in (best, other))
    both = sorted(set(mine.index) & set(others.index))
    said = []
    for size in dict.fromkeys((both[0], both[len(both) // 2], both[-1])):
        ours, theirs = mine.loc[size], others.loc[size]
        errors = f"{percent(ours['error'])} and {percent(theirs['error'])} %"
        errors += ", the intervals overlap" * overlap(ours, theirs)
        factor = about(theirs["error"] / ours["error"])
        said.append(f"{factor} times with {size:,} parameters ({errors})")
    lowest = others.loc[others["error"].idxmin()]
    enough = crossing(mine, "parameters", lowest)
    words = (
        f"At equal size the {title(best)} errs less often: {', '.join(said)}. For the lowest error "
        f"of the {title(other)}, {percent(lowest['error'])} % with {lowest['parameters']:,} "
        f"parameters, the {title(best)} needs "
    )
    if enough.value is None:
        return f"{words}more than were tried."
    fewer = about(lowest["parameters"] / enough.value)
    return f"{words}about {about(enough.value)} ({_interval(*enough[1:])}), {fewer} times fewer."


def budgets(table: pd.DataFrame) -> str:
    """Return what the board says; takes the table that speed.py leaves.

    The cheapest entry of each network counts whose mean over seeds is at the target.
    """
    rows = table[table["target"].notna()]
    rows, said = rows[1 - rows["error"] >= rows["target"] - 1e-9], []
    for target, group in rows.groupby("target"):
        cheapest = group.sort_values("units").groupby("network", sort=False).head(1)
        costs = " and ".join(
            f"the {title(row.network)} {about(row.units)} ({row.reached} of {row.seeds} seeds get "
            "there)"
            for row in cheapest.itertuples()
        )
        begin = f"; to {100 * target:.1f} %," if said else f"Training to {100 * target:.1f} % costs"
        said.append(f"{begin} {costs}")
    unit = "in runs of train_mnist_fast, one epoch of a small CNN"
    return f"{''.join(said)}, {unit}."


# Curves: the name of their table in benchmarks/results, and what says it in a sentence.
CURVES = {"labels": ("labels", labels), "sizes": ("sizes", sizes), "budgets": ("speed", budgets)}
