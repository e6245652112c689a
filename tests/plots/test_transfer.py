import pandas as pd
import pytest

from mnist.plots import style, transfer

COLUMNS = (
    "set",
    "person",
    "per_class",
    "model",
    "way",
    "people",
    "accuracy",
    "low",
    "high",
    "gain_low",
)
ROWS = [
    (name, None, count, model, way, people, accuracy, accuracy - 0.01, accuracy + 0.005, gain)
    for name, people in (("one", None), ("swiss", 7))
    for count in (1, 5)
    for model, way, accuracy, gain in (
        ("ann", "zero-shot", 0.95, None),
        ("ann", "adapted", 0.96 + count / 1000, 0.01),
        ("cnn", "zero-shot", 0.97, None),
        ("cnn", "adapted", 0.98 + count / 1000, 0.01 if count == 5 else -0.01),
        ("cnn", "from scratch", 0.6 + count / 20, -0.5),
    )
]
TABLE = pd.DataFrame(ROWS, columns=COLUMNS)


def drawn(table=TABLE):
    return transfer.few_labels(table, ["ann", "cnn"])


def test_a_panel_per_set_says_whose_digits_it_shows():
    figure = drawn()
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "one",
        "Swiss writers, each alone",
    ]
    ticks = [[tick.get_text() for tick in axes.get_xticklabels()] for axes in figure.axes]
    assert ticks == [["1\n", "5\n"], ["1\n7 people", "5\n7 people"]]
    alone = TABLE.assign(person="a")
    assert len(drawn(pd.concat([TABLE, alone])).axes) == 2


def test_errors_are_drawn_in_percent_and_markers_filled_where_the_gain_is_sure():
    axes = drawn().axes[0]
    lines = [line for line in axes.lines if str(line.get_label()).endswith(", adapted")]
    assert [round(float(line.get_ydata()[1]), 2) for line in lines] == [3.5, 1.5]
    faces = {
        (round(float(y), 2), line.get_markerfacecolor())
        for line in axes.lines
        if line.get_marker() == "o"
        for y in line.get_ydata()
    }
    cnn = style.colours(["ann", "cnn"])["cnn"]
    assert {(1.9, "white"), (1.5, cnn)} <= faces


def test_an_interval_that_reaches_no_error_does_not_flatten_the_others():
    low, high = drawn(TABLE.assign(high=1.0)).axes[0].get_ylim()
    assert low >= 0.1 and high <= 100


def test_a_legend_names_every_line():
    (legend,) = drawn().legends
    words = {text.get_text() for text in legend.get_texts()}
    assert len(words) == 5
    assert {"CNN, adapted", "ANN, as trained", "CNN, learnt from these alone"} <= words


def test_one_set_with_one_way_is_drawn():
    only = TABLE[(TABLE["set"] == "one") & (TABLE["way"] == "zero-shot")]
    assert style.png(drawn(only))


def test_pretrained_networks_are_filled_and_models_have_their_colours():
    table = pd.DataFrame(
        {
            "network": ["a", "theirs", "theirs"],
            "start": ["scratch", "scratch", "pretrained"],
            "measured": True,
            "images": 1000,
            "test_accuracy": [0.97, 0.8, 0.9],
            "low": [0.96, 0.75, 0.88],
            "high": [0.98, 0.84, 0.92],
            "multiply_accumulates": [1e6, 2e7, 2e7],
        }
    )
    absent = table.iloc[[0]].assign(network="absent", measured=False)
    figure = transfer.backbones(pd.concat([table, absent]), ("a",))
    lines = figure.axes[0].lines
    dots = [line for line in lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert [line.get_color() for line in dots] == [style.COLOURS[0], *[style.GREYS[0]] * 2]
    assert [line.get_markerfacecolor() for line in dots] == ["white", "white", style.GREYS[0]]
    assert [line.get_ydata()[0] for line in dots] == pytest.approx([3, 20, 10])
    assert {"A", "theirs", "theirs, pretrained"} <= {
        text.get_text() for text in figure.axes[0].texts
    }
