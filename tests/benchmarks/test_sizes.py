import pandas as pd
import pytest
import torch

import sizes
from mnist.evaluation import efficiency

RECIPE = {"dropout": 0.0, "epochs": 2, "batch_size": 256}


@pytest.mark.parametrize(("name", "shape"), [("ann", (1, 1)), ("cnn", (1, 2, 3, 6))])
def test_a_network_is_as_wide_as_its_parameters_allow(name, shape):
    wide = sizes.widths(name, shape, 9000, RECIPE, 10)
    wider = [width + ratio for width, ratio in zip(wide, shape, strict=True)]
    own, more = (
        efficiency.parameters(sizes.build(name, {**RECIPE, "widths": each}, 10))
        for each in (wide, wider)
    )
    assert own <= 9000 < more
    assert sizes.widths(name, shape, 10, RECIPE, 10) is None


def test_every_size_leaves_each_family_a_shape_and_the_shapes_are_equally_many():
    assert len({len(shapes) for shapes in sizes.SHAPES.values()}) == 1
    for name, shapes in sizes.SHAPES.items():
        for size in sizes.SIZES[:2]:
            each = [sizes.widths(name, ratio, size, RECIPE, 10) for ratio in shapes.values()]
            assert any(each), (name, size)


def measured(sizes_of):
    """Return lines of both families, {values of KEY: line}, for {model: its sizes}."""
    rows = [("a", 0, 30), ("b", 0, 20), ("b", 1, 24), ("b", 2, 26), ("b", 3, 25)]
    costs = {"widths": "1", "parameters": 9, "multiply_accumulates": 8, "bytes": 7}
    keys = {
        (name, size, shape, seed): errors
        for name, each in sizes_of.items()
        for size in each
        for shape, seed, errors in rows
    }
    return {
        key: dict(zip(sizes.KEY, key, strict=True)) | {"errors": errors} | costs
        for key, errors in keys.items()
    }


def test_the_shape_is_chosen_by_the_first_seed_and_the_curve_is_of_the_others():
    lines = measured({"ann": [1000], "cnn": [1000]})
    assert sizes.best(lines, "cnn", 1000) == "b"
    ann, cnn = sizes.points(pd.DataFrame(lines.values()), 1000).to_dict("records")
    assert (ann["model"], cnn["model"]) == ("ann", "cnn")
    assert cnn["error"] == 0.025 and cnn["seeds"] == 3 and cnn["low"] < 0.025 < cnn["high"]


def test_a_size_counts_when_both_families_have_been_through_it():
    lines = measured({"ann": [1000, 3000, 9000], "cnn": [1000, 3000]})
    del lines["cnn", 3000, "b", 3]
    assert set(sizes.complete(pd.DataFrame(lines.values()))["size"]) == {1000}
    assert set(sizes.points(pd.DataFrame(lines.values()), 1000)["size"]) == {1000}


def test_lines_of_other_recipes_sizes_and_shapes_are_not_kept():
    settings = {"cnn": {"epochs": 12, "widths": [16]}, "augment": {"shift": 1.5}}
    digest = sizes.learning.digest({"epochs": 12, "widths": [3, 4]}, settings["augment"])
    row = {"widths": "3 4", "recipe": digest}
    kept = {("cnn", 1000, "even", 0): row}
    others = {("cnn", 999, "even", 0): row, ("cnn", 1000, "odd", 0): row}
    others |= {("cnn", 3000, "even", 0): {**row, "widths": "3 5"}, ("mlp", 1000, "even", 0): row}
    assert sizes.current(kept | others, settings) == kept


def test_a_run_says_what_it_costs(monkeypatch):
    network = sizes.build("cnn", {**RECIPE, "widths": [1, 2, 3, 6]}, 10)
    monkeypatch.setattr(sizes.learning, "train", lambda *_: network)
    answers = torch.eye(10)[torch.zeros(20, dtype=int)]
    monkeypatch.setattr(sizes.inference, "predict", lambda model, images: answers)
    held = torch.zeros(20, 28, 28, dtype=torch.uint8), torch.arange(20) % 10
    recipe = {**RECIPE, "widths": [1, 2, 3, 6]}
    line = sizes.run(("cnn", 1000, "recipe", 0), recipe, {}, None, held)
    assert line["errors"] == 18 and line["parameters"] == efficiency.parameters(network)
    assert line["bytes"] > 4 * line["parameters"]  # BatchNorm's statistics, too
