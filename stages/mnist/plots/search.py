"""Charts of a search for parameters: its history, what matters, and error against cost."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, MaxNLocator, NullFormatter

from mnist.plots.style import colours_of, drawing, log_percent, panels, title


@drawing
def history(table: pd.DataFrame) -> Figure:
    """Draw the validation loss of each trial, in the order of suggestion, and the lowest so far.

    Takes a table of model, trial, state ('finished' or 'pruned') and loss. Pruned trials are
    hollow.
    """
    figure = Figure(figsize=(7.6, 4.4))
    axes = figure.subplots()
    for name, colour in colours_of(table["model"], table["model"].unique()).items():
        rows = table[table["model"] == name].sort_values("trial")
        finished = rows["state"] == "finished"
        for chosen, face in ((finished, colour), (~finished, "white")):
            look = {"color": colour, "mfc": face, "mew": 1.5, "ms": 6}
            axes.plot(rows["trial"][chosen] + 1, rows["loss"][chosen], "o", **look)
        lowest = rows["loss"].where(finished).cummin().ffill()
        axes.step(rows["trial"] + 1, lowest, where="post", color=colour, label=title(name))
    axes.set(yscale="log", xlabel="trial", ylabel="validation loss:  better ↓   (log scale)")
    axes.yaxis.set(major_locator=LogLocator(subs=(1, 2, 5)), minor_formatter=NullFormatter())
    axes.yaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.plot([], [], "o", color="grey", mfc="white", mew=1.5, ms=6, label="pruned")
    axes.legend()
    axes.grid()
    return figure


@drawing
def front(table: pd.DataFrame, defaults: pd.DataFrame) -> Figure:
    """Draw validation error against arithmetic: trials that finished, and the setting they are for.

    Takes a table of model, state, accuracy, multiply_accumulates and on_front, whether no other
    trial of the model is better at no higher cost; a line joins those. Defaults have model,
    accuracy and multiply_accumulates of the settings of params.yaml.
    """
    figure = Figure(figsize=(7.6, 4.4))
    axes, finished = figure.subplots(), table[table["state"] == "finished"]
    for name, colour in colours_of(table["model"], table["model"].unique()).items():
        rows = finished[finished["model"] == name].sort_values("multiply_accumulates")
        error = 100 - 100 * rows["accuracy"]
        axes.plot(rows["multiply_accumulates"], error, "o", ms=5, color=colour, alpha=0.4)
        best = rows["on_front"]
        x = rows["multiply_accumulates"][best]
        axes.plot(x, error[best], "o-", color=colour, ms=8, label=title(name))
        own = defaults[defaults["model"] == name]
        look = {"color": colour, "mfc": "white", "mew": 2, "ms": 9}
        axes.plot(own["multiply_accumulates"], 100 - 100 * own["accuracy"], "D", **look)
    look = {"color": "grey", "mfc": "white", "mew": 2, "ms": 9}
    axes.plot([], [], "D", label="params.yaml, mean of its seeds", **look)
    log_percent(axes)
    axes.set(xscale="log", xlabel="multiply-accumulates for one image:  ← cheaper   (log scale)")
    axes.xaxis.set(major_locator=LogLocator(subs=(1, 2, 5)), minor_formatter=NullFormatter())
    axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
    axes.set_ylabel("validation error, %:  better ↓   (log scale)")
    axes.legend()
    axes.grid()
    return figure


@drawing
def importances(weights: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw how much of the differences in loss each parameter explains, a panel per model.

    Takes {model: {parameter: share}}, most first.
    """
    figure, grid = panels(len(weights), (3.8, 3.2), 2)
    colour = colours_of(weights, list(weights))
    for axes, (name, shares) in zip(grid, weights.items(), strict=True):
        places = np.arange(len(shares))
        axes.barh(places, [100 * each for each in shares.values()], color=colour[name])
        axes.set_yticks(places, list(shares))
        axes.invert_yaxis()
        axes.set(title=title(name), xlabel="% of the differences in loss")
    return figure
