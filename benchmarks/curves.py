"""Charts of error against size and against training time.

The tables are those of benchmarks/: rates, with low and high, the ends of a 95 % interval.
"""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

from mnist.plots.style import GREYS, SOFT, colours_of, drawing, log_percent, panels, title

AXES = {  # of a size, what its axis says
    "parameters": "parameters",
    "multiply_accumulates": "multiply-accumulates for one image",
    "bytes": "bytes of the weights, as float32",
}


def _curve(axes: Axes, rows: pd.DataFrame, column: str, **look) -> None:
    """Draw a line of errors in % with its band."""
    rows = rows.sort_values(column)
    error, low, high = (100 * rows[key].to_numpy(float) for key in ("error", "low", "high"))
    axes.plot(rows[column], error, **look)
    axes.fill_between(rows[column], low, high, color=look["color"], alpha=0.15, lw=0)


def _logarithmic(axes: Axes, label: str) -> None:
    """Give an axes its scales, of errors in % against numbers, and a grid."""
    log_percent(axes)
    axes.set(xscale="log", xlabel=f"{label}   (log scale)")
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.xaxis.set_minor_formatter("")
    axes.grid()


@drawing
def sizes(table: pd.DataFrame, others: pd.DataFrame, models: Sequence[str] = ()) -> Figure:
    """Draw validation error against parameters, arithmetic and bytes, a panel each.

    Takes a table of model, parameters, multiply_accumulates, bytes, error, low and high, a row per
    point, and the networks of other people, a table of name, family ('CNN' or 'MLP'), parameters
    and bytes, where they are published, test_error, and chosen_by, what chose the network: marks,
    filled where that were validation images.
    """
    figure, grid = panels(len(AXES), (7.6, 4), 1)
    colour = colours_of(table["model"], models)
    for axes, column in zip(grid, AXES, strict=True):
        for name, rows in table.groupby("model", sort=False):
            _curve(axes, rows, column, color=colour[name], marker="o", ms=5, label=title(name))
        known = others[others[column].notna()] if column in others else others.iloc[:0]
        for row in known.itertuples():
            filled = row.chosen_by == "validation images"
            look = {"color": GREYS[0], "mfc": GREYS[0] if filled else "white"}
            x, y = getattr(row, column), 100 * row.test_error
            axes.plot([x], [y], "s" if row.family == "CNN" else "D", ms=6, **look)
            right = x < 300_000
            place = {"xytext": (8 if right else -8, 0), "textcoords": "offset points"}
            place |= {"ha": "left" if right else "right", "va": "center"}
            axes.annotate(row.name, (x, y), color=SOFT, fontsize=9, **place)
        _logarithmic(axes, f"{AXES[column]}:  ← smaller")
        axes.set_ylabel("error, %:  better ↓   (log scale)")
    if len(others):
        for marker, words in (("s", "CNNs of others"), ("D", "MLPs of others")):
            grid[0].plot([], [], marker, ms=6, ls="", color=GREYS[0], mfc="white", label=words)
    grid[0].legend()
    return figure


@drawing
def budgets(table: pd.DataFrame, models: Sequence[str] = ()) -> Figure:
    """Draw validation error against the cost of training, an entry of the board per dot.

    Takes a table of entry, network, target, units, error, low and high. A line joins the entries of
    a network, each of which has a schedule of its own.
    """
    figure = Figure(figsize=(7.6, 4.4))
    axes = figure.subplots()
    for name, colour in colours_of(table["network"], models).items():
        rows = table[table["network"] == name].sort_values("units")
        error, low, high = (100 * rows[key].to_numpy(float) for key in ("error", "low", "high"))
        axes.vlines(rows["units"], low, high, color=colour, lw=5, alpha=0.25)
        axes.plot(rows["units"], error, "o-", color=colour, ms=7)
        words = title(name) if name in models else name
        place = {"xytext": (12, 0), "textcoords": "offset points", "weight": "bold"}
        place |= {"va": "center", "color": colour}
        axes.annotate(words, (rows["units"].iloc[-1], error[-1]), **place)
    for target in sorted(set(table["target"].dropna())):
        axes.axhline(100 - 100 * target, color=GREYS[1], lw=1, ls=":")
        place = {"transform": axes.get_yaxis_transform(), "ha": "left", "va": "bottom"}
        axes.text(0.005, 100 - 100 * target, f"{100 * target:.1f} % right", color=SOFT, **place)
    log_percent(axes)
    axes.set(xscale="log", xlabel="cost of training, one run of train_mnist_fast = 1   (log scale)")
    axes.set_ylabel("validation error, %:  better ↓   (log scale)")
    axes.xaxis.set(major_locator=LogLocator(subs=(1, 2, 5)), minor_formatter=NullFormatter())
    axes.xaxis.set_major_formatter("{x:g}")
    axes.margins(x=0.3)
    axes.grid(axis="y")
    return figure
