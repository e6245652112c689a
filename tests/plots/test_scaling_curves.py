import pandas as pd
import pytest

from mnist.plots import style
from mnist.plots.scaling import curves

MODELS = "ann", "cnn"
LABELS = pd.DataFrame(
    {
        "model": ["cnn", "cnn", "ann", "ann"] * 2,
        "augmented": [True] * 4 + [False] * 4,
        "labels": [10, 100] * 4,
        "error": [0.4, 0.1, 0.5, 0.2, 0.5, 0.2, 0.6, 0.4],
    }
)
SIZES = pd.DataFrame(
    {
        "model": ["ann", "ann", "cnn", "cnn"],
        "parameters": [1000, 2000, 900, 1900],
        "multiply_accumulates": [1000, 2000, 9000, 19_000],
        "bytes": [4000, 8000, 3600, 7600],
        "error": [0.1, 0.05, 0.04, 0.01],
    }
)
OTHERS = pd.DataFrame(
    {
        "name": ["tiny", "chosen on test", "honest"],
        "family": ["CNN", "CNN", "MLP"],
        "parameters": [None, 1500, 5000],
        "bytes": [900, None, None],
        "test_error": [0.02, 0.03, 0.04],
        "chosen_by": ["not known", "test images", "validation images"],
    }
)
BUDGETS = pd.DataFrame(
    {
        "entry": ["base", "cnn 1", "cnn 2", "ann 1"],
        "network": ["base", "cnn", "cnn", "ann"],
        "target": [None, 0.99, 0.995, 0.99],
        "units": [1, 0.3, 2, 1.5],
        "error": [0.011, 0.009, 0.005, 0.01],
    }
)


def with_interval(table):
    return table.assign(low=table["error"] / 2, high=table["error"] * 1.5)


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text"))]


def test_all_are_pictures(recwarn):
    for figure in (
        curves.labels(with_interval(LABELS), MODELS),
        curves.sizes(with_interval(SIZES), OTHERS, MODELS),
        curves.budgets(with_interval(BUDGETS), MODELS),
    ):
        assert style.png(figure).startswith(b"\x89PNG")
    assert not recwarn.list


def test_labels_are_a_line_for_each_model_solid_where_augmented():
    lines = curves.labels(with_interval(LABELS), MODELS).axes[0].lines
    looks = [(line.get_color(), line.get_linestyle()) for line in lines]
    assert looks == [(c, s) for s in ("-", "--") for c in style.COLOURS[1::-1]]
    assert list(lines[0].get_ydata()) == pytest.approx([40, 10])


def test_sizes_are_a_panel_for_each_cost_with_other_people_s_where_theirs_is_known():
    figure = curves.sizes(with_interval(SIZES), OTHERS, MODELS)
    parameters, arithmetic, size = figure.axes
    numbers = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    assert numbers == [["2", "3"], ["1  tiny\n2  chosen on test\n3  honest"], ["1"]]
    assert list(parameters.lines[1].get_xdata()) == [900, 1900]
    marks = {(line.get_marker(), line.get_markerfacecolor()) for line in parameters.lines[2:4]}
    assert marks == {("s", "white"), ("D", style.GREYS[0])}
    assert list(arithmetic.lines[0].get_xdata()) == [1000, 2000]
    assert list(size.lines[0].get_ydata()) == pytest.approx([10, 5])


def test_budgets_join_the_entries_of_a_network_and_mark_the_targets():
    figure = curves.budgets(with_interval(BUDGETS), MODELS)
    line = next(each for each in figure.axes[0].lines if each.get_color() == style.COLOURS[1])
    assert list(line.get_xdata()) == [0.3, 2]
    assert {"ANN", "CNN", "base", "99.0 % right", "99.5 % right"} <= set(texts(figure))
