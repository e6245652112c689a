import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from mnist.plots import charts, style

MANY = ("one", "two", "three", "four")
CLASSES = ["T-shirt/top", "Trouser", "Ankle boot"]


def curve(best):
    held = [1 - 2 * (1 - best), best]
    return pd.DataFrame(
        {"epoch": [1, 2], "train_accuracy": [0.9, 1.0], "validation_accuracy": held}
    )


def confusion(classes, wrong=1.0):
    rows = [(a, b, wrong + (a == b)) for a in classes for b in classes]
    return pd.DataFrame(rows, columns=["true", "predicted", "count"])


BINS = pd.DataFrame({"confidence": [0.5, 0.9], "accuracy": [0.6, 0.9], "count": [3, 27]})
COVERAGE = pd.DataFrame({"coverage": [0.9, 1.0], "errors": [0, 3]})


def seeds(models):
    rows = [(model, part, 0.9) for model in models for part in ("validation", "test")]
    return pd.DataFrame(rows, columns=["model", "part", "accuracy"])


def corrupted(models, seen=("fog",)):
    kinds = {"fog": 0.3, "stripe": 0.2, "motion_blur": 0.1}
    rows = [(kind, kind in seen, model, error) for model in models for kind, error in kinds.items()]
    return pd.DataFrame(rows, columns=["kind", "seen", "model", "error"])


def moved(models):
    curves = ("rotation", "shift", "scale")
    rows = [(c, value, m, 0.9) for c in curves for m in models for value in (0, 1)]
    return pd.DataFrame(rows, columns=["curve", "value", "model", "accuracy"])


TEST = {"accuracy": 0.9, "low": 0.8, "high": 0.95}
DRAWN = {
    "errors": lambda m: charts.errors(dict.fromkeys(m, TEST), seeds(m), m),
    "confusions": lambda m: charts.confusions(dict.fromkeys(m, confusion("0123456789"))),
    "confusions of names": lambda m: charts.confusions(dict.fromkeys(m, confusion(CLASSES))),
    "curves": lambda m: charts.curves(dict.fromkeys(m, curve(0.9))),
    "spending": lambda m: charts.spending(
        dict.fromkeys(m, (1, 2)), dict.fromkeys(m, curve(0.9)), "seconds"
    ),
    "calibration": lambda m: charts.calibration(
        dict.fromkeys(m, BINS), dict.fromkeys(m, COVERAGE), 30
    ),
    "corruption_errors": lambda m: charts.corruption_errors(corrupted(m)),
    "geometry": lambda m: charts.geometry(moved(m)),
}


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text"))]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_a_figure_of_any_number_of_models(name, count, recwarn):
    figure = DRAWN[name](MANY[:count])
    assert isinstance(figure, Figure) and not recwarn.list
    written = " ".join(texts(figure))
    for model in MANY[:count]:
        assert model.upper() in written
    assert not any(model.upper() in written for model in MANY[count:])


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_leaves_no_figure_and_no_setting_behind(name):
    before = dict(dict.items(pyplot.rcParams))
    DRAWN[name](MANY[:2])
    assert not pyplot.get_fignums() and dict(dict.items(pyplot.rcParams)) == before


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_the_same_bytes_each_time(name):
    first = style.png(DRAWN[name](MANY[:2]))
    assert first.startswith(b"\x89PNG") and len(first) > 1000
    assert style.png(DRAWN[name](MANY[:2])) == first


def test_models_have_their_colours_by_position():
    for models in (("b", "a"), ("a", "b", "c")):
        axes = charts.spending(
            dict.fromkeys(models, (1, 2)), dict.fromkeys(models, curve(0.9)), "seconds"
        ).axes[0]
        drawn = [line.get_color() for line in axes.lines]
        assert drawn == list(style.colours(models).values())


def test_confusions_name_the_classes_in_their_order_and_count_errors():
    counts = confusion(CLASSES)
    figure = charts.confusions({"a": counts, "b": confusion(CLASSES, wrong=123.4)})
    for axes in figure.axes:
        assert [label.get_text() for label in axes.get_xticklabels()] == CLASSES
        assert [label.get_text() for label in axes.get_yticklabels()] == CLASSES
    assert figure.axes[0].get_title(loc="left") == "A: 6 errors of 12"
    assert {"1.0", "123"} <= set(texts(figure))
    assert texts(figure).count("1.0") == 6  # none on the diagonal


def test_confusions_of_models_without_errors_are_empty():
    assert "0 errors of 3" in " ".join(texts(charts.confusions({"a": confusion(CLASSES, wrong=0)})))


@pytest.mark.parametrize("classes", ["0123456789", CLASSES], ids=["digits", "clothes"])
def test_titles_and_the_names_of_classes_lie_within_the_picture(classes):
    figure = charts.confusions({"a": confusion(classes), "b": confusion(classes)})
    width, height = figure.get_size_inches() * figure.dpi
    for axes in figure.axes:
        names = [*axes.get_xticklabels(), *axes.get_yticklabels()]
        for label in [*names, axes._left_title, axes.xaxis.label, axes.yaxis.label]:
            box = label.get_window_extent()
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height


def test_learning_curves_span_what_there_is():
    for best in (0.999, 0.5):  # MNIST and something much harder
        figure = charts.curves({"a": curve(best)})
        low, high = figure.axes[0].get_ylim()
        assert low <= 100 * (1 - best) and high >= 200 * (1 - best)
    assert "A: final gap 50.00 points" in texts(figure)


def test_kinds_of_corruption_stand_in_groups_the_easiest_first():
    axes = charts.corruption_errors(corrupted(MANY[:3])).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "fog",
        "motion blur",
        "stripe",
    ]
    assert [to_hex(each.patches[0].get_facecolor()).upper() for each in axes.containers] == list(
        style.colours(MANY[:3]).values()
    )


@pytest.mark.parametrize("seen", [(), ("fog", "stripe", "motion_blur")])
def test_a_group_of_no_kinds_has_no_title(seen):
    written = texts(charts.corruption_errors(corrupted(["a"], seen)))
    assert ("never seen in training" in written) == (not seen)
    assert ("seen in training, in some form" in written) == bool(seen)


def test_calibration_says_what_is_left_to_a_person():
    written = " ".join(texts(DRAWN["calibration"](MANY[:2])))
    assert "Errors when the least certain go to a person" in written
    assert "images left to a person, %" in written
