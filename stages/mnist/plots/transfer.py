"""Charts of transfer: large networks beside ours, and what a few digits of one hand are worth."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mnist.plots.style import GREYS, colours, colours_of, drawing, log_percent, panels, title

ZERO_SHOT, ADAPTED, SCRATCH = "zero-shot", "adapted", "from scratch"  # as the tables have them
WAYS = {  # in the order in which they are drawn: their line
    SCRATCH: {"ls": "-", "lw": 1.5, "ms": 5},
    ZERO_SHOT: {"ls": (0, (4, 2)), "lw": 1.5, "ms": 0},
    ADAPTED: {"ls": "-", "lw": 2.5, "ms": 8},
}

SETS = {  # what those are called whose figures are committed
    "UCI digits": "scikit-learn's digits",
    "swiss": "Swiss writers, each alone",
    "photos": "Photos, each author alone",
}
# Of the tables that few_labels draws.
COLUMNS = ["set", "person", "per_class", "model", "way", "people", "accuracy", "low", "high"]
COLUMNS += ["gain_low"]
WORDS = {SCRATCH: "learnt from these alone", ZERO_SHOT: "as trained", ADAPTED: "adapted"}


@drawing
def backbones(table: pd.DataFrame, models: Sequence[str] = ()) -> Figure:
    """Draw test error against arithmetic: large networks of others beside our models.

    Takes a table of network, start ('scratch' or 'pretrained'), whether it was measured, training
    images, test_accuracy, low and high, and multiply_accumulates of one image, a row per dot.
    Filled: pretrained; hollow: from scratch. A dotted line joins the two of one network.
    """
    table = table[table["measured"]]
    figure = Figure(figsize=(7.6, 4.4))
    axes, error = figure.subplots(), 100 - 100 * table[["test_accuracy", "low", "high"]]
    colour = {**dict.fromkeys(table["network"], GREYS[0]), **colours(models)}
    for row, (y, high, low) in zip(table.itertuples(), error.to_numpy(), strict=True):
        x, filled = row.multiply_accumulates, row.start == "pretrained"
        look = {"color": colour[row.network], "mfc": colour[row.network] if filled else "white"}
        axes.plot([x, x], [low, high], lw=1.5, color=colour[row.network])
        axes.plot([x], [y], "o", ms=9, mew=2, zorder=3, **look)
        words = title(row.network) if row.network in models else row.network
        look = {"color": colour[row.network], "weight": "bold", "va": "center"}
        words += ", pretrained" if filled else ""
        axes.annotate(words, (x, y), xytext=(10, 0), textcoords="offset points", **look)
    for _, pair in table.assign(error=error["test_accuracy"]).groupby("network"):
        axes.plot(pair["multiply_accumulates"], pair["error"], ":", color=GREYS[1], zorder=2)
    log_percent(axes)
    for face, words in (("white", "from scratch"), (GREYS[0], "pretrained")):
        axes.plot([], [], "o", ms=9, mew=2, color=GREYS[0], mfc=face, label=words)
    axes.legend(loc="upper left")
    axes.set(xscale="log", xlabel="multiply-accumulates for one image:  ← cheaper   (log scale)")
    axes.set_ylabel("test error, %:  better ↓   (log scale)")
    if len(table):
        axes.set_title(f"After training on {table['images'].iloc[0]:,} images", loc="left")
    axes.xaxis.set_major_formatter(_large)
    axes.margins(x=0.2)
    axes.set_xlim(right=axes.get_xlim()[1] * 2)
    axes.grid()
    return figure


def _large(number: float, _: int) -> str:
    """Return a large number as people write it: 20 M."""
    return f"{number / 1e9:g} G" if number >= 1e9 else f"{number / 1e6:g} M"


def _line(axes: Axes, rows: pd.DataFrame, colour: str, words: str) -> None:
    """Draw one way of one model: its error by labelled digits per class, with intervals.

    A marker is filled where the interval of the gain over zero-shot excludes 0.
    """
    way = rows["way"].iloc[0]
    x, error = rows["place"], 100 - 100 * rows["accuracy"]
    axes.plot(x, error, color=colour, label=words, **{**WAYS[way], "ms": 0})
    if way == ZERO_SHOT:
        return
    ends = [100 * (rows["high"] - rows["accuracy"]), 100 * (rows["accuracy"] - rows["low"])]
    axes.errorbar(x, error, ends, fmt="none", ecolor=colour, elinewidth=1.2, alpha=0.6)
    sure = (rows["gain_low"] > 0) | (way == SCRATCH)
    for chosen, face in ((sure, colour), (~sure, "white")):
        style = {"color": colour, "mfc": face, "mew": 1.5, "ms": WAYS[way]["ms"]}
        axes.plot(x[chosen], error[chosen], "o", **style)


@drawing
def few_labels(table: pd.DataFrame, models: Sequence[str]) -> Figure:
    """Draw error against labelled digits per class, adapted, zero-shot and from scratch.

    Takes the tables of few_labels, one after the other, of which the rows over all people of a set
    are drawn, a panel per set, and the models of params.yaml.
    """
    table = table[table["person"].isna()]
    counts = sorted(table["per_class"].unique())
    table = table.assign(place=table["per_class"].map(counts.index))
    shown = table["set"].unique()
    figure, grid = panels(len(shown), (4.2, 4.6), 3, sharey=True)
    for axes, name in zip(grid, shown, strict=True):
        here = table[table["set"] == name]
        for way in WAYS:
            for model, colour in colours_of(table["model"], models).items():
                rows = here[(here["model"] == model) & (here["way"] == way)]
                if len(rows):
                    colour = GREYS[1] if way == SCRATCH else colour
                    _line(axes, rows, colour, f"{title(model)}, {WORDS[way]}")
        axes.set(title=SETS.get(name, name), xlabel="labelled digits per class")
        axes.set_xlim(-0.4, len(counts) - 0.6)
        people = here.groupby("per_class")["people"].max()
        ticks = [f"{n}\n{_people(people.get(n))}" for n in counts]
        axes.set_xticks(range(len(counts)), ticks, size=10)
        axes.grid(axis="y")
    log_percent(grid[0])
    ticks = grid[0].get_yticks()
    grid[0].set_ylim(ticks[0], ticks[-1])  # an interval that reaches 0 % ends at the edge
    grid[0].set_ylabel("error on the other digits, % (log scale)")
    named = {line.get_label(): line for axes in grid for line in axes.lines}
    asked = list(dict.fromkeys(table["model"]))
    ways = [(m, w) for m in asked for w in (ZERO_SHOT, ADAPTED)] + [(m, SCRATCH) for m in asked]
    words = [word for word in (f"{title(m)}, {WORDS[w]}" for m, w in ways) if word in named]
    style = {"ncols": 3, "columnspacing": 2.5, "handlelength": 2.5}
    figure.legend([named[word] for word in words], words, loc="outside upper left", **style)
    return figure


def _people(count: float | None) -> str:
    """Return how many people are meant, or nothing where that is not known."""
    if count is None or pd.isna(count):
        return ""
    return "1 person" if count == 1 else f"{int(count)} people"
