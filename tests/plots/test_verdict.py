import pytest

from mnist.plots.page.verdict import answer, lead

ONE = {"accuracy": 0.99, "low": 0.98, "high": 0.995}


def figures(ann=68, cnn=37, low=0.0017, high=0.0045, accuracy=0.0031):
    pair = {"accuracy": accuracy, "only_ann_wrong": 42.3, "only_cnn_wrong": 11.3}
    if low is not None:
        pair |= {"low": low, "high": high}
    models = {"ann": {**ONE, "errors": ann}, "cnn": {**ONE, "errors": cnn}}
    return {**models, "cnn_minus_ann": pair}


@pytest.mark.parametrize(
    ("test", "begins", "says"),
    [
        (figures(), "The CNN. It makes 1.8 times fewer errors than the ANN", "right on 42 digits"),
        (figures(), "The CNN.", "0.17 to 0.45)"),
        (figures(30, 60, -0.004, -0.002), "The ANN. It makes 2.0 times fewer", "wrong on 42 that"),
        (figures(60, 58, -0.001, 0.002), "No difference shown", "-0.10 to +0.20 points"),
        (figures(58, 60, -0.002, 0.001), "No difference shown", "The CNN's advantage is -0.20 to"),
        (figures(60, 58, 0.0, 0.002), "No difference shown", "58 against 60 errors"),
        (figures(low=None), "One seed does not decide.", "the ANN 68, the CNN 37 errors in 10,000"),
        (figures(5, 0), "The CNN. It makes no error: 0 against 5 errors", "a lead of 0.31"),
    ],
)
def test_a_winner_of_two_is_named_only_where_the_interval_leaves_out_zero(test, begins, says):
    words = answer(test, ["ann", "cnn"], 10_000)
    assert words.startswith(begins) and says in words


def test_the_whole_answer_for_two_models():
    assert answer(figures(), ["ann", "cnn"], 10_000) == (
        "The CNN. It makes 1.8 times fewer errors than the ANN: 37 against 68 errors in 10,000 "
        "test digits, a lead of 0.31 points (95 % interval 0.17 to 0.45). It is right on 42 digits "
        "that the ANN gets wrong, and wrong on 11 that it gets right."
    )


@pytest.mark.parametrize(
    ("test", "says"),
    [
        # The middle of an interval by resampling may lie elsewhere than the difference itself.
        (figures(accuracy=0.0012), "a lead of 0.12 points (95 % interval 0.17 to 0.45)"),
        (figures(accuracy=0.0049), "a lead of 0.49 points (95 % interval 0.17 to 0.45)"),
        (
            figures(30, 60, -0.004, -0.002, accuracy=-0.0012),
            "a lead of 0.12 points (95 % interval 0.20 to 0.40)",
        ),
    ],
)
def test_a_lead_outside_of_its_interval_stays_what_it_is(test, says):
    assert says in answer(test, ["ann", "cnn"], 10_000)


@pytest.mark.parametrize("test", [figures(60, 58, -0.004, -0.002), figures(58, 60, 0.002, 0.004)])
def test_no_winner_is_named_whose_interval_speaks_for_the_other(test):
    assert answer(test, ["ann", "cnn"], 10_000).startswith("No difference shown")


def test_the_bounds_of_a_lead_have_the_sign_of_the_better_model():
    test = figures(low=-0.001, high=0.004)
    one, other = lead(test, "cnn", "ann"), lead(test, "ann", "cnn")
    assert (one.low, one.points, one.high) == pytest.approx((-0.1, 0.31, 0.4))
    assert (other.low, other.points, other.high) == pytest.approx((-0.4, -0.31, 0.1))
    assert not one.shown and not other.shown


def three(**pairs):
    errors = {"a": 70, "b": 37, "c": 50}
    test = {model: {**ONE, "errors": count} for model, count in errors.items()}
    for pair, (difference, low, high) in pairs.items():
        test[pair] = {"accuracy": difference, "low": low, "high": high}
    return test


AHEAD = {
    "b_minus_a": (0.0033, 0.001, 0.005),
    "c_minus_a": (0.002, 0.001, 0.003),
    "c_minus_b": (-0.0013, -0.002, -0.0005),
}


def test_the_best_of_three_is_compared_with_each_other():
    assert answer(three(**AHEAD), ["a", "b", "c"], 10_000, "images") == (
        "The B. In 10,000 test images, the B makes 37 errors, the C 50, the A 70. It leads the C "
        "by 0.13 points (95 % interval 0.05 to 0.20) and leads the A by 0.33 points (95 % interval "
        "0.10 to 0.50)."
    )


def test_the_best_of_three_has_not_won_where_one_interval_holds_zero():
    words = answer(three(**AHEAD | {"c_minus_b": (-0.0013, -0.002, 0.0)}), ["a", "b", "c"], 10_000)
    assert words.startswith("No winner shown. In 10,000 test digits, the B makes 37 errors")
    assert "not shown to differ from the C (95 % interval -0.00 to +0.20 points)" in words
    assert "leads the A by 0.33 points" in words


def test_one_seed_of_three_models_does_not_decide():
    test = three(**AHEAD)
    for pair in AHEAD:
        del test[pair]["low"], test[pair]["high"]
    words = answer(test, ["a", "b", "c"], 10_000)
    assert words == (
        "One seed does not decide. Of the three networks trained here, the A 70, the B 37, the C "
        "50 errors in 10,000 test digits."
    )


def test_a_single_model_is_compared_with_nothing():
    words = answer({"cnn": {**ONE, "errors": 100}}, ["cnn"], 10_000)
    assert words == (
        "The CNN makes 100 errors in 10,000 test digits: 1.00 % (95 % interval 0.50 to 2.00 %)."
    )
