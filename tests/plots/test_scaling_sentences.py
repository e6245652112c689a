import numpy as np
import pandas as pd
import pytest

from mnist.plots.scaling import sentences


def curve(model, column, x, errors, **more):
    return pd.DataFrame({"model": model, column: x, "error": errors, **more})


def test_numbers_have_two_digits_that_count():
    numbers = (0.349, 1.0, 2.13, 34.9, 1449)
    assert [sentences.about(each) for each in numbers] == ["0.35", "1", "2.1", "35", "1,400"]
    assert sentences.between([2.11, 2.14]) == "2.1" and sentences.between([3, 1]) == "1 to 3"


def test_what_is_needed_lies_on_the_line_between_two_points_in_logarithms():
    table = curve("a", "labels", [10, 1000], [0.1, 0.001])
    assert sentences.needed(table, "labels", 0.01) == pytest.approx(100)
    assert sentences.needed(table, "labels", 0.1) == pytest.approx(10)
    assert sentences.needed(table, "labels", 0.5) == pytest.approx(10)
    assert sentences.needed(table, "labels", 0.0005) is None


def test_a_curve_that_rises_again_is_taken_where_it_first_gets_there():
    table = curve("a", "labels", [10, 100, 1000], [0.1, 0.01, 0.02])
    assert sentences.needed(table, "labels", 0.015) < 100


def labels():
    x = np.array([10, 100, 1000])
    each = [curve("cnn", "labels", x, 1 / x, augmented=True)]
    each += [curve("ann", "labels", x, 2 / x, augmented=True)]
    each += [curve("cnn", "labels", x, 2 / x, augmented=False)]
    each += [curve("ann", "labels", x, 6 / x, augmented=False)]
    return pd.concat(each)


def test_how_many_labels_the_worse_model_needs_is_said():
    assert sentences.labels(labels()) == (
        "To match the CNN with 10 labels, the ANN needs 2 times as many; to match it with 100, 2 "
        "times as many; and with 1,000 it does not match the CNN with 1,000. Without augmentation "
        "it needs 3 times as many."
    )


def sizes(best):
    x = [1000, 10_000, 100_000]
    each = [curve("cnn", "parameters", x, best), curve("ann", "parameters", x, [0.1, 0.04, 0.02])]
    return pd.concat(each).assign(size=x * 2)


def test_how_much_larger_the_worse_family_must_be_is_said():
    assert sentences.sizes(sizes([0.02, 0.01, 0.005])) == (
        "At equal size the CNN errs 4 to 5 times less often; for the lowest error of the ANN, "
        "2.00 % with 100,000 parameters, the CNN needs about 1,000, 100 times fewer."
    )


def test_what_no_size_reached_is_said_so():
    table = sizes([0.05, 0.03, 0.021])
    table = table[~((table["model"] == "cnn") & (table["size"] == 100_000))]
    table = pd.concat([table, curve("cnn", "parameters", [200_000], [0.03], size=200_000)])
    assert "the CNN needs more than were tried." in sentences.sizes(table)


def test_only_what_reached_its_target_counts_and_the_cheapest_of_it():
    rows = [
        ("theirs", None, 1.0, 0.011),
        ("cnn", 0.99, 0.5, 0.009),
        ("cnn", 0.99, 0.3, 0.01),
        ("cnn", 0.99, 0.2, 0.02),
        ("ann", 0.99, 1.25, 0.0099),
        ("cnn", 0.995, 2.0, 0.005),
        ("ann", 0.995, 9.0, 0.006),
    ]
    table = pd.DataFrame(rows, columns=["network", "target", "units", "error"])
    assert sentences.budgets(table) == (
        "Counted in runs of train_mnist_fast, training to an accuracy on validation takes the CNN "
        "0.3 and the ANN 1.2 for 99.0 %, and the CNN 2 for 99.5 %."
    )
