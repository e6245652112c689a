import pandas as pd
import pytest
from matplotlib.figure import Figure

from mnist.plots import benchmarks, style

DROPOUT = pd.DataFrame(
    {
        "model": ["a", "a", "b", "b"],
        "dropout": [0, 0.5] * 2,
        "seed": 0,
        "train_accuracy": 0.999,
        "validation_accuracy": [0.99, 0.98, 0.97, 0.96],
    }
)
EFFECTS = pd.DataFrame(
    {
        "model": ["a", "b", "b"],
        "change": ["no noise", "no noise", "no dropout"],
        "effect": [0.3, 0.1, -0.1],
        "low": [0.2, -0.1, -0.2],
        "high": [0.4, 0.2, 0.1],
        "corrupted_effect": [1.25, 2.0, None],
        "time": [1.0, 0.5, 2.0],
    }
)
PEERS = pd.DataFrame(
    {
        "network": ["a", "a", "theirs", "quick"],
        "seed": [0, 1, 0, 0],
        "validation_accuracies": ["0.97 0.99", "0.95 0.99", "0.96 0.97", "0.98"],
    }
)
FILES = {
    "a": {
        "fp32": {
            "model": "a",
            "networks": 1,
            "bytes": 4000,
            "accuracy": 0.98,
            "low": 0.97,
            "high": 0.99,
        },
        "int8": {
            "model": "a",
            "networks": 1,
            "bytes": 1000,
            "accuracy": 0.97,
            "low": 0.96,
            "high": 0.98,
        },
    },
    "a_ensemble": {
        "fp32": {"model": "a", "networks": 3, "bytes": 9000, "accuracy": 1, "low": 0.99, "high": 1},
    },
}
COSTS = pd.DataFrame({"network": ["a", "theirs", "quick"], "epoch": [1.0, 10.0, 2.0]})


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text"))]


@pytest.mark.parametrize("models", [(), ("a",), ("a", "b"), ("c", "b", "a")])
def test_the_charts_are_the_same_figures_whatever_models_there_are_now(models, recwarn):
    for figure in (
        benchmarks.dropout(DROPOUT, models),
        benchmarks.effects(EFFECTS, models),
        benchmarks.peers(PEERS, COSTS, models),
        benchmarks.file_sizes(FILES, models),
    ):
        assert isinstance(figure, Figure)
        assert style.png(figure).startswith(b"\x89PNG")
    assert not recwarn.list


def test_models_keep_their_colours_and_all_else_is_grey():
    lines = benchmarks.peers(PEERS, COSTS, ("z", "a")).axes[0].lines
    drawn = [line.get_color() for line in lines if line.get_marker() == "o"]
    assert drawn == [style.COLOURS[1], *style.GREYS]


def test_only_models_are_shown_in_capitals():
    written = texts(benchmarks.peers(PEERS, COSTS, ("a",)))
    assert {"A", "theirs", "quick"} <= set(written)


def test_a_line_is_the_mean_over_seeds_against_seconds():
    line = benchmarks.peers(PEERS, COSTS, ("a",)).axes[0].lines[0]
    assert list(line.get_xdata()) == [1, 2]
    assert list(line.get_ydata()) == pytest.approx([4, 1])


def test_an_effect_is_coloured_where_its_interval_leaves_out_zero():
    first, second = benchmarks.effects(EFFECTS, ("a", "b")).axes
    for axes, colours in ((first, [style.COLOURS[0]]), (second, ["#999999", "#999999"])):
        assert [tuple(c) for c in axes.collections[0].get_colors()] == [
            pytest.approx(rgba(colour, 0.5)) for colour in colours
        ]


def rgba(colour, alpha):
    return *(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)), alpha


def test_what_was_not_measured_is_a_dash():
    assert texts(benchmarks.effects(EFFECTS, ("a", "b"))).count("–") == 3


def test_files_are_drawn_by_kilobytes_and_error_and_several_networks_are_counted():
    figure = benchmarks.file_sizes(FILES, ("b", "a"))
    line = figure.axes[0].lines[0]
    assert list(line.get_xdata()) == [1, 4]
    assert list(line.get_ydata()) == pytest.approx([3, 2])
    assert line.get_color() == style.COLOURS[1]
    assert {"A", "A × 3", "1 kB", "9 kB"} <= set(texts(figure))
