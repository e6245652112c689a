"""Charts of error against the number of labels, against size and against training time.

The tables are those of benchmarks/: rates, with low and high, the ends of a 95 % interval.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

from mnist.plots.style import GREYS, SOFT, colours_of, drawing, log_percent, panels, title

AXES = {  # of a size, what its axis says
    "parameters": "parameters",
    "multiply_accumulates": "multiply-accumulates",
    "bytes": "bytes of the weights",
}
ERROR = "validation error, %:  better ↓   (log scale)"


def _points(axes: Axes, rows: pd.DataFrame, column: str, **look) -> np.ndarray:
    """Draw a line of errors in % with the interval of each point; return the errors."""
    error, low, high = (100 * rows[key].to_numpy(float) for key in ("error", "low", "high"))
    axes.vlines(rows[column], low, high, color=look["color"], lw=1.5)
    axes.plot(rows[column], error, **look)
    return error


@drawing
def labels(table: pd.DataFrame, models: Sequence[str] = ()) -> Figure:
    """Draw validation error against the number of labelled images, both on logarithmic scales.

    Takes a table of model, augmented, labels, error, low and high, a row per point. Lines are
    solid with augmentation and dashed without.
    """
    figure = Figure(figsize=(7.6, 4.4))
    axes = figure.subplots()
    colour = colours_of(table["model"], models)
    for (name, augmented), rows in table.groupby(["model", "augmented"], sort=False):
        look = {"color": colour[name], "ls": "-" if augmented else (0, (4, 2))}
        words = title(name) + ("" if augmented else ", not augmented")
        _points(axes, rows, "labels", marker="o", ms=5 if augmented else 0, label=words, **look)
    log_percent(axes)
    axes.set(xscale="log", xlabel="labelled images to learn from (log scale)", ylabel=ERROR)
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.xaxis.set_minor_formatter("")
    axes.legend()
    axes.grid()
    return figure


@drawing
def sizes(table: pd.DataFrame, others: pd.DataFrame, models: Sequence[str] = ()) -> Figure:
    """Draw error against parameters, arithmetic and bytes, a panel each.

    Takes a table of model, parameters, multiply_accumulates, bytes, error on validation images, low
    and high, a row per point, and the networks of other people: a table of name, family ('CNN' or
    'MLP'), test_error, chosen_by, what chose the network, and parameters and bytes where they are
    published. These are numbered marks, filled where validation images chose.
    """
    figure, grid = panels(len(AXES), (4.6, 4.8), len(AXES), sharey=True)
    others = others.set_index(np.arange(1, len(others) + 1))
    colour = colours_of(table["model"], models)
    for axes, column in zip(grid, AXES, strict=True):
        for name, rows in table.groupby("model", sort=False):
            look = {"color": colour[name], "marker": "o", "ms": 5, "label": title(name)}
            _points(axes, rows.sort_values(column), column, **look)
        for row in others.itertuples():
            x, y = getattr(row, column, np.nan), 100 * row.test_error
            filled = row.chosen_by == "validation images"
            look = {"color": GREYS[0], "mfc": GREYS[0] if filled else "white"}
            if not pd.isna(x):
                axes.plot([x], [y], "s" if row.family == "CNN" else "D", ms=6, **look)
                place = {"xytext": (7, 0), "textcoords": "offset points", "va": "center"}
                axes.annotate(row.Index, (x, y), color=SOFT, fontsize=9, **place)
        axes.set(xscale="log", xlabel=f"{AXES[column]}:  ← smaller  (log)")
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.xaxis.set_minor_formatter("")
        axes.grid()
    log_percent(grid[0])
    grid[0].set_ylabel(ERROR)
    if len(others):
        for marker, words in (("s", "CNNs of others, test"), ("D", "MLPs of others, test")):
            grid[0].plot([], [], marker, ms=6, ls="", color=GREYS[0], mfc="white", label=words)
        names = "\n".join(f"{row.Index}  {row.name}" for row in others.itertuples())
        place = {"transform": grid[1].transAxes, "ha": "left", "va": "top", "linespacing": 1.5}
        grid[1].text(0.6, 0.98, names, color=SOFT, fontsize=9, **place)
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
        error = _points(axes, rows, "units", color=colour, marker="o", ms=7)
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
    axes.set_ylabel(ERROR)
    axes.xaxis.set(major_locator=LogLocator(subs=(1, 2, 5)), minor_formatter=NullFormatter())
    axes.xaxis.set_major_formatter("{x:g}")
    axes.margins(x=0.3)
    axes.grid(axis="y")
    return figure
