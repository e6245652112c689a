"""Charts of how the models learn, err and stand what they were not trained for."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mnist.plots.style import SOFT, colours, drawing, log_percent, panels, title

LOG_ERROR = "error, % (log scale)"
MOVED = {"rotation": "rotated by, degrees", "shift": "shifted by, pixels", "scale": "scaled by"}
LEAST = 0.01  # %, since a logarithm has no place for an epoch without error

Figures = Mapping[str, Mapping[str, float]]
Tables = Mapping[str, pd.DataFrame]


def error(accuracies: pd.Series) -> pd.Series:
    """Return errors in %, for an axis with a logarithmic scale."""
    return (100 - 100 * accuracies).clip(lower=LEAST)


@drawing
def confusions(counts: Tables) -> Figure:
    """Draw the errors of each model, all on one scale of colours.

    Takes {model: table of true, predicted and count, a row for each pair of classes}.
    """
    names = list(dict.fromkeys(next(iter(counts.values()))["true"].astype(str)))
    tables = {m: t["count"].to_numpy().reshape(len(names), -1) for m, t in counts.items()}
    errors = {m: table * (1 - np.eye(len(names))) for m, table in tables.items()}
    style = {"cmap": "Reds", "vmin": 0, "vmax": max(each.max() for each in errors.values()) or 1}
    style |= {"cbar": False, "linewidths": 0.5, "linecolor": "#eeeeee"}
    style |= {"fmt": "", "xticklabels": names, "yticklabels": names}
    figure, grid = panels(len(counts), (6, 6))
    for axes, (model, each) in zip(grid, errors.items(), strict=True):
        words = np.where(each < 10, each.round(1).astype(str), each.round().astype(int).astype(str))
        seaborn.heatmap(each, ax=axes, mask=each == 0, annot=words, **style)
        axes.set_title(f"{title(model)}: {each.sum():,.0f} errors of {tables[model].sum():,.0f}")
        axes.set(xlabel="the model says", ylabel="it is")
        axes.tick_params(length=0)
        axes.tick_params(axis="y", rotation=0)
    return figure


@drawing
def curves(histories: Tables) -> Figure:
    """Draw error against epoch, on training images and on validation, for each model.

    Takes {model: table of epoch, train_accuracy and validation_accuracy}.
    """
    figure, grid = panels(len(histories), (5.5, 4.4), sharey=True)
    for axes, (model, colour) in zip(grid, colours(histories).items(), strict=True):
        table = histories[model]
        train, held = error(table["train_accuracy"]), error(table["validation_accuracy"])
        axes.fill_between(table["epoch"], train, held, color=colour, alpha=0.12)
        style = {"color": colour, "lw": 2, "marker": "o", "ms": 3}
        axes.plot(table["epoch"], held, label="validation", **style)
        axes.plot(table["epoch"], train, label="training", ls=":", **style)
        gap = 100 * (table["train_accuracy"] - table["validation_accuracy"]).iloc[-1]
        axes.set(xlabel="epoch", title=f"{title(model)}: final gap {gap:.2f} points")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y")
        axes.legend(loc="upper right")
    log_percent(grid[0])
    grid[0].set_ylabel(LOG_ERROR)
    return figure


@drawing
def errors(test: Figures, seeds: pd.DataFrame, models: Sequence[str]) -> Figure:
    """Draw the test error of each model: its interval, its mean, and a dot per seed.

    Takes {model: figures with accuracy, low and high} and a table of part, model and accuracy.
    """
    figure = Figure(figsize=(6.4, 0.6 + 0.8 * len(models)))
    axes = figure.subplots()
    for y, (model, colour) in enumerate(colours(models).items()):
        right, low, high = (100 * test[model][key] for key in ("accuracy", "low", "high"))
        axes.barh(y, high - low, 0.3, 100 - high, color=colour, alpha=0.25)
        each = seeds[(seeds["part"] == "test") & (seeds["model"] == model)]["accuracy"]
        axes.plot(100 - 100 * each, [y] * len(each), "o", color=colour, ms=7, mec="white")
        style = {"color": colour, "weight": "bold", "size": 13, "va": "center"}
        axes.text(100 - low, y, f"  {100 - right:.2f} %", **style)
    axes.set_yticks(range(len(models)), map(title, models), weight="bold", size=13)
    axes.set(xlim=(0, None), ylim=(len(models) - 0.5, -0.5))
    axes.set_xlabel("test error, %  (dots: seeds; bands: 95 % interval)")
    axes.tick_params(axis="y", length=0)
    return figure


@drawing
def spending(spent: Mapping[str, Sequence[float]], histories: Tables, label: str) -> Figure:
    """Draw validation error against what training has cost so far, all models in one picture.

    Takes {model: cost after each epoch}, {model: table of validation_accuracy}, the cost's name.
    """
    figure = Figure(figsize=(6.4, 3.8))
    axes = figure.subplots()
    for model, colour in colours(histories).items():
        held = error(histories[model]["validation_accuracy"])
        axes.plot(spent[model], held, "o-", ms=4, color=colour)
        style = {"color": colour, "weight": "bold", "va": "center"}
        axes.text(spent[model][-1], held.iloc[-1], f"  {title(model)}", **style)
    log_percent(axes)
    axes.set(xlim=(0, None), xlabel=label, ylabel=f"validation {LOG_ERROR}")
    axes.grid()
    return figure


@drawing
def calibration(bins: Tables, coverage: Tables, n: int) -> Figure:
    """Draw accuracy against confidence, and the errors that are left against coverage.

    Takes {model: table of confidence, accuracy and count}, {model: table of coverage and errors}
    and the number of test images.
    """
    figure, (left, right) = panels(2, (5.5, 4.4))
    left.plot([0, 1], [0, 1], color="#999999", lw=1)
    for model, colour in colours(bins).items():
        table = bins[model][bins[model]["count"] >= 10]  # a share of fewer says nothing
        style = {"color": colour, "label": title(model)}
        left.plot(table["confidence"], table["accuracy"], "o-", ms=4.5, lw=1, **style)
        passed = 100 - 100 * coverage[model]["coverage"]
        right.plot(passed, coverage[model]["errors"], lw=2, **style)
    left.text(0.06, 0.02, "below the line: too sure", color=SOFT, size=10)
    left.set(title="When it says 80 %, is it right 80 % of the time?")
    left.set(xlabel="mean confidence of a bin", ylabel="share that is right")
    right.set(title="Errors when the least certain go to a person", ylim=(0, None))
    right.set(xlabel="images left to a person, %", ylabel=f"errors, of {n:,}")
    for axes in (left, right):
        axes.legend()
        axes.grid()
    return figure


@drawing
def corruption_errors(table: pd.DataFrame) -> Figure:
    """Draw the error of each model on each kind of corruption, the kinds seen in training apart.

    Takes a table of kind, seen, model and error. The kinds on which models err least come first.
    """
    models = list(dict.fromkeys(table["model"]))
    wide = 100 * table.pivot(index=["seen", "kind"], columns="model", values="error")
    wide["mean"] = wide.mean(axis=1)
    wide = wide.sort_values(["seen", "mean"], ascending=[False, True])
    seen = wide.index.get_level_values("seen").to_numpy(bool)
    places = np.arange(len(wide)) + np.where(seen, 0, 1.2)
    figure = Figure(figsize=(7.6, 1.2 + len(wide) * (0.23 + 0.06 * len(models))))
    axes, width = figure.subplots(), 0.8 / len(models)
    for nth, (model, colour) in enumerate(colours(models).items()):
        offset = (nth - (len(models) - 1) / 2) * width
        axes.barh(places + offset, wide[model], 0.95 * width, color=colour, label=title(model))
    groups = (seen, "seen in training, in some form"), (~seen, "never seen in training")
    for group, words in groups:
        if group.any():
            axes.text(0.4, places[group].min() - 0.75, words, weight="bold", va="center")
    axes.set_yticks(places, [kind.replace("_", " ") for _, kind in wide.index])
    axes.set(xlabel="error, %", ylim=(places.max() + 0.7, places.min() - 1.2))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.legend(loc="upper right")
    return figure


@drawing
def geometry(table: pd.DataFrame) -> Figure:
    """Draw accuracy against rotation, shift and scale, all models in each picture.

    Takes a table of curve, value, model and accuracy.
    """
    figure, grid = panels(3, (3.67, 3.6), 3, sharey=True)
    for axes, (curve, label) in zip(grid, MOVED.items(), strict=True):
        for model, colour in colours(dict.fromkeys(table["model"])).items():
            rows = table[(table["curve"] == curve) & (table["model"] == model)]
            style = {"color": colour, "label": title(model), "lw": 2}
            axes.plot(rows["value"], 100 * rows["accuracy"], **style)
        axes.set(xlabel=label, ylim=(0, 102))
        axes.grid()
    grid[0].legend(loc="lower center")
    grid[0].set_ylabel("accuracy, %")
    figure.suptitle("When the image is moved", x=0.01, ha="left", weight="bold")
    return figure
