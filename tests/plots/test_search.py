import pandas as pd
import pytest

from mnist.plots import search, style

ROWS = [
    ("ann", 0, "finished", 0.20, 0.940, 1000, False),
    ("ann", 1, "finished", 0.10, 0.970, 2000, True),
    ("ann", 2, "pruned", 0.40, 0.900, 500, False),
    ("ann", 3, "finished", 0.15, 0.960, 800, True),
    ("cnn", 0, "finished", 0.05, 0.985, 3000, True),
    ("cnn", 1, "pruned", 0.09, 0.980, 9000, False),
]
COLUMNS = "model", "trial", "state", "loss", "accuracy", "multiply_accumulates", "on_front"
TABLE = pd.DataFrame(ROWS, columns=COLUMNS)
DEFAULTS = pd.DataFrame(
    {"model": ["ann", "cnn"], "accuracy": [0.965, 0.98], "multiply_accumulates": [900, 4000]}
)


def lines(axes, label):
    (found,) = [line for line in axes.get_lines() if line.get_label() == label]
    return found.get_xydata().tolist()


def test_the_history_has_each_trial_and_the_lowest_loss_of_those_that_finished():
    (axes,) = search.history(TABLE).axes
    assert lines(axes, style.title("ann")) == [[1, 0.2], [2, 0.1], [3, 0.1], [4, 0.1]]
    marks = [line for line in axes.get_lines() if line.get_marker() == "o"]
    hollow = [line.get_xydata().tolist() for line in marks if line.get_mfc() == "white"]
    assert hollow[:2] == [[[3, 0.4]], [[2, 0.09]]]
    assert sum(len(line.get_xdata()) for line in marks) == len(TABLE)


def test_the_front_joins_what_no_other_trial_beats():
    (axes,) = search.front(TABLE, DEFAULTS).axes
    assert lines(axes, style.title("ann")) == [[800, pytest.approx(4)], [2000, pytest.approx(3)]]
    drawn = sum(len(line.get_xdata()) for line in axes.get_lines() if line.get_alpha())
    assert drawn == (TABLE["state"] == "finished").sum()
    own = [line.get_xydata().tolist() for line in axes.get_lines() if line.get_marker() == "D"]
    assert own[:2] == [[[900, pytest.approx(3.5)]], [[4000, pytest.approx(2)]]]


def test_importances_are_percent_of_each_model():
    shares = {"ann": {"dropout": 0.7, "widths": 0.3}, "cnn": {}}
    first, second = search.importances(shares).axes
    assert [bar.get_width() for bar in first.patches] == [70, 30]
    assert [text.get_text() for text in first.get_yticklabels()] == ["dropout", "widths"]
    assert not second.patches
