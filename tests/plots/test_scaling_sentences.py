import numpy as np
import pandas as pd
import pytest

from mnist.plots.scaling import crossings, sentences


def curve(model, column, x, errors, width=0.2, **more):
    """Return a curve whose intervals are so wide, as a share of the error, to both sides."""
    errors = np.array(errors)
    ends = {"low": errors * (1 - width), "high": errors * (1 + width)}
    return pd.DataFrame({"model": model, column: x, "error": errors, **ends, **more})


def test_numbers_have_two_digits_that_count():
    numbers = (0.349, 1.0, 2.13, 34.9, 1449)
    assert [sentences.about(each) for each in numbers] == ["0.35", "1", "2.1", "35", "1,400"]
    assert sentences.between([2.11, 2.14]) == "2.1" and sentences.between([3, 1]) == "1 to 3"
    errors = (0.00403, 0.01184, 0.0308, 0.702)
    assert [sentences.percent(each) for each in errors] == ["0.40", "1.18", "3.1", "70"]


def test_what_is_needed_lies_on_the_line_between_two_points_in_logarithms():
    table = curve("a", "labels", [10, 1000], [0.1, 0.001])
    assert crossings.needed(table, "labels", 0.01) == pytest.approx(100)
    assert crossings.needed(table, "labels", 0.1) == pytest.approx(10)
    assert crossings.needed(table, "labels", 0.5) == pytest.approx(10)
    assert crossings.needed(table, "labels", 0.0005) is None


def test_a_curve_that_rises_again_is_taken_where_it_first_gets_there():
    table = curve("a", "labels", [10, 100, 1000], [0.1, 0.01, 0.02])
    assert crossings.needed(table, "labels", 0.015) < 100


def test_where_curves_cross_is_as_certain_as_both_are():
    rows = curve("ann", "labels", [10, 1000], [0.1, 0.001], width=0.3)  # the error is 1 / labels
    point = curve("cnn", "labels", [50], [0.01], width=0.4).iloc[0]
    found = crossings.crossing(rows, "labels", point)
    assert found.value == pytest.approx(100)
    assert found.low == pytest.approx(100 * np.exp(-0.5))  # 0.3 and 0.4 as squares make 0.5
    assert found.high == pytest.approx(100 * np.exp(0.5))
    beyond = crossings.crossing(rows, "labels", curve("cnn", "labels", [50], [0.0009]).iloc[0])
    assert beyond.value is None and beyond.high is None and beyond.low < 1000


def test_where_curves_cross_covers_what_is_true_as_often_as_it_says():
    rng, held = np.random.default_rng(0), []
    x, width = np.array([10, 30, 100, 300, 1000]), 0.1  # half of an interval, as a share
    for _ in range(500):
        drawn = 1 / x * (1 + width / 1.96 * rng.standard_normal(len(x)))
        point = 0.01 * (1 + width / 1.96 * rng.standard_normal(1))
        found = crossings.crossing(
            curve("ann", "labels", x, drawn, width),
            "labels",
            curve("cnn", "labels", [50], point, width).iloc[0],
        )
        held.append(found.low <= 100 <= found.high)
    assert 0.93 < np.mean(held) < 0.99


def labels(width=0.2):
    x = np.array([10, 100, 1000])
    each = [curve("cnn", "labels", x, 1 / x, width, augmented=True)]
    each += [curve("ann", "labels", x, 2 / x, width, augmented=True)]
    each += [curve("cnn", "labels", x, 2 / x, width, augmented=False)]
    each += [curve("ann", "labels", x, 6 / x, width, augmented=False)]
    return pd.concat(each)


def test_how_many_labels_the_worse_model_needs_is_said():
    assert sentences.labels(labels()) == (
        "To match the CNN with 10 labels, the ANN needs 2 times as many (1.5 to 2.7); to match it "
        "with 100, 2 times as many (1.5 to 2.7); and with 1,000 it errs in 0.20 %, where the CNN "
        "with 1,000 errs in 0.10 %. Without augmentation it needs 3 times as many up to 100 "
        "labels, and with 1,000 it errs in 0.60 %, where the CNN with 1,000 errs in 0.20 %."
    )


def test_what_may_be_chance_is_said_to_be_so():
    said = sentences.labels(labels(1.2))
    assert said.count("the intervals overlap") == 2
    assert "with 100, 2 times as many (at least 0.37)" in said


def sizes(best):
    x = [1000, 10_000, 100_000]
    each = [curve("cnn", "parameters", x, best), curve("ann", "parameters", x, [0.1, 0.04, 0.02])]
    return pd.concat(each).assign(size=x * 2)


def test_how_much_larger_the_worse_family_must_be_is_said():
    assert sentences.sizes(sizes([0.02, 0.01, 0.015])) == (
        "At equal size the CNN errs less often: 5 times with 1,000 parameters (2.0 and 10 %), 4 "
        "times with 10,000 parameters (1.00 and 4.0 %), 1.3 times with 100,000 parameters (1.50 "
        "and 2.0 %, the intervals overlap). For the lowest error of the ANN, 2.0 % with 100,000 "
        "parameters, the CNN needs about 1,000 (1,000 to 2,600), 100 times fewer."
    )


def test_what_no_size_reached_is_said_so():
    table = sizes([0.05, 0.03, 0.021])
    table = table[~((table["model"] == "cnn") & (table["size"] == 100_000))]
    table = pd.concat([table, curve("cnn", "parameters", [200_000], [0.03], size=200_000)])
    assert "the CNN needs more than were tried." in sentences.sizes(table)


def test_only_what_reached_its_target_counts_and_the_cheapest_of_it():
    rows = [
        ("theirs", None, 1.0, 0.011, 10),
        ("cnn", 0.99, 0.5, 0.009, 9),
        ("cnn", 0.99, 0.3, 0.01, 6),
        ("cnn", 0.99, 0.2, 0.02, 0),
        ("ann", 0.99, 1.25, 0.0099, 7),
        ("cnn", 0.995, 2.0, 0.005, 5),
        ("ann", 0.995, 9.0, 0.006, 1),
    ]
    table = pd.DataFrame(rows, columns=["network", "target", "units", "error", "reached"])
    assert sentences.budgets(table.assign(seeds=10)) == (
        "Training to 99.0 % costs the CNN 0.3 (6 of 10 seeds get there) and the ANN 1.2 (7 of 10 "
        "seeds get there); to 99.5 %, the CNN 2 (5 of 10 seeds get there), in runs of "
        "train_mnist_fast, one epoch of a small CNN."
    )
