"""Charts of the tables in benchmarks/, of which some name what is no model of params.yaml.

Everywhere, models are those of params.yaml, whose colours are theirs. All else is grey.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mnist.plots.style import GREYS, colours, colours_of, drawing, log_percent, panels, title

FORMATS = {  # of model files: how they are written, and their marker
    "pytorch": ("PyTorch", "D"),
    "onnx": ("ONNX", "v"),
    "fp32": ("LiteRT, float32", "s"),
    "dynamic_int8": ("LiteRT, int8 weights", "^"),
    "int8": ("LiteRT, all int8", "o"),
}
# Written beside a chart of effects: where, the heading, the column and its form.
NUMBERS = (1.02, "time ×", "time", "{:.2f}"), (1.2, "corrupted", "corrupted_effect", "{:+.1f}")


@drawing
def dropout(table: pd.DataFrame, models: Sequence[str] = ()) -> Figure:
    """Draw what dropout does to each model's gap and to its validation error, in points.

    Takes a table of model, dropout, seed, train_accuracy and validation_accuracy.
    """
    figure, (left, right) = panels(2, (5.5, 4))
    gap = 100 * (table["train_accuracy"] - table["validation_accuracy"])
    table = table.assign(gap=gap, error=100 - 100 * table["validation_accuracy"])
    for name, colour in colours_of(table["model"], models).items():
        rows = table[table["model"] == name]
        for axes, column in ((left, "gap"), (right, "error")):
            mean = rows.groupby("dropout")[column].mean()
            axes.plot(mean, color=colour, lw=2, label=title(name))
            axes.plot(rows["dropout"], rows[column], "o", color=colour, ms=4, alpha=0.5)
    left.set(title="Gap between training and validation", ylabel="points of accuracy")
    right.set(title="Validation error", ylabel="%")
    for axes in (left, right):
        axes.set(xlabel="dropout", ylim=(0, None))
        axes.legend()
        axes.grid(axis="y")
    return figure


@drawing
def effects(table: pd.DataFrame, models: Sequence[str] = ()) -> Figure:
    """Draw what each change to the recipes does to the validation error, with its interval.

    Takes a table of model, change, effect, low, high and corrupted_effect in points, and time, a
    factor. The last two stand beside the chart as numbers.
    """
    changes, colour = list(dict.fromkeys(table["change"]))[::-1], colours_of(table["model"], models)
    figure, grid = panels(len(colour), (6, 5.8), sharey=True)
    for axes, name in zip(grid, colour, strict=True):
        rows = table[table["model"] == name]
        shown = (rows["low"] > 0) | (rows["high"] < 0)
        inks = [colour[name] if each else "#999999" for each in shown]
        places = rows["change"].map(changes.index)
        every = rows.set_index("change").reindex(changes)
        axes.axvline(0, color="#444444", lw=1)
        axes.hlines(places, rows["low"], rows["high"], colors=inks, lw=3, alpha=0.5)
        axes.scatter(rows["effect"], places, 40, color=inks, zorder=3)
        look = {"transform": axes.get_yaxis_transform(), "va": "center"}
        for x, head, column, form in NUMBERS:
            axes.text(x, len(changes) - 0.3, head, **look)
            for y, number in enumerate(every[column]):
                axes.text(x, y, "–" if pd.isna(number) else form.format(number), **look)
        axes.set_yticks(range(len(changes)), changes)
        axes.set_ylim(-0.6, len(changes) - 0.4)
        axes.tick_params(axis="y", length=0)
        axes.set_xscale("symlog", linthresh=0.2)
        axes.set_xticks([-0.2, -0.1, 0, 0.1, 0.2, 0.5, 1])
        axes.set(title=title(name), xlabel="points of validation error:  ← better   worse →")
        axes.xaxis.set_major_formatter("{x:+g}")
        axes.grid(axis="x")
    return figure


@drawing
def peers(table: pd.DataFrame, costs: pd.DataFrame, models: Sequence[str] = ()) -> Figure:
    """Draw validation error against seconds of training, for models and for their peers.

    Takes a table of network, seed and validation_accuracies after each epoch, and a table of
    network and epoch, the seconds of one. A line is a mean over seeds.
    """
    seconds = costs.set_index("network")["epoch"]
    figure = Figure(figsize=(7.6, 4.4))
    axes = figure.subplots()
    for name, colour in colours_of(table["network"], models).items():
        lines = table[table["network"] == name]["validation_accuracies"]
        held = 100 - 100 * np.mean([list(map(float, line.split())) for line in lines], axis=0)
        spent = seconds[name] * np.arange(1, len(held) + 1)
        axes.plot(spent, held, "o-", ms=4, color=colour)
        words, single = title(name) if name in models else name, len(spent) == 1
        look = {"color": colour, "weight": "bold", "va": "center"}
        look["ha"] = "right" if single else "left"  # where others pass by on the right
        axes.text(spent[-1] * (0.93 if single else 1.06), held[-1], words, **look)
    log_percent(axes)
    axes.set(xscale="log", xlabel="seconds of training (log scale)")
    axes.set_ylabel("validation error, % (log scale)")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.margins(x=0.2)
    axes.grid()
    return figure


@drawing
def file_sizes(files: Mapping[str, Mapping[str, Mapping]], models: Sequence[str] = ()) -> Figure:
    """Draw the test error of model files against their size, a line for the files of each network.

    Takes {name: {format: figures}} as pipelines/edge measures them: the model, how many networks
    of it answer together, bytes, and accuracy with its interval over images, low to high. The
    interval is drawn once for each name.
    """
    figure = Figure(figsize=(7.6, 4.4))
    axes = figure.subplots()
    for name, forms in files.items():
        table = pd.DataFrame(forms).T.assign(format=list(forms)).sort_values("bytes")
        small, large = table.iloc[0], table.iloc[-1]
        model, networks = small["model"], small["networks"]
        colour = colours(models, [name]).get(model, GREYS[0])
        sizes, errors = (
            table["bytes"].astype(float) / 1000,
            100 - 100 * table["accuracy"].astype(float),
        )
        axes.plot(sizes, errors, color=colour, alpha=0.5)
        for form, x, y in zip(table["format"], sizes, errors, strict=True):
            axes.plot(x, y, FORMATS[form][1], color=colour, ms=7, mec="white")
        ends = [100 - 100 * large[end] for end in ("low", "high")]
        axes.plot([sizes.iloc[-1]] * 2, ends, color=colour, lw=5, alpha=0.2)
        look = {"color": colour, "va": "center", "textcoords": "offset points"}
        words = title(model) + (f" × {networks}" if name != model else "")
        place = sizes.iloc[-1], errors.iloc[-1]
        axes.annotate(words, place, xytext=(12, 0), weight="bold", **look)
        place = sizes.iloc[0], errors.iloc[0]
        axes.annotate(f"{sizes.iloc[0]:,.0f} kB", place, xytext=(-12, 0), ha="right", **look)
    marks = [axes.plot([], [], mark, color=GREYS[0], ms=7)[0] for _, mark in FORMATS.values()]
    axes.legend(marks, [words for words, _ in FORMATS.values()], loc="upper left")
    axes.set(xscale="log", xlabel="kilobytes of the file (log scale)", ylim=(0, None))
    axes.set_ylabel("test error, %")
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.xaxis.set_minor_formatter("")
    axes.margins(x=0.2)
    axes.grid()
    return figure
