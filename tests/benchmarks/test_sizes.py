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


def test_the_shape_is_chosen_by_the_first_seed_and_the_curve_is_of_the_others():
    rows = [("a", 0, 30), ("b", 0, 20), ("b", 1, 24), ("b", 2, 26)]
    lines = {
        ("cnn", 1000, shape, seed): {"model": "cnn", "size": 1000, "shape": shape, "seed": seed}
        | {"errors": errors, "widths": "1", "parameters": 9, "multiply_accumulates": 8, "bytes": 7}
        for shape, seed, errors in rows
    }
    assert sizes.best(lines, "cnn", 1000) == "b"
    (point,) = sizes.points(pd.DataFrame(lines.values()), 1000).to_dict("records")
    assert point["error"] == 0.025 and point["seeds"] == 2 and point["low"] < 0.025 < point["high"]


def test_a_run_says_what_it_costs(monkeypatch):
    network = sizes.build("cnn", {**RECIPE, "widths": [1, 2, 3, 6]}, 10)
    monkeypatch.setattr(sizes.ablation, "train", lambda *_: network)
    answers = torch.eye(10)[torch.zeros(20, dtype=int)]
    monkeypatch.setattr(sizes.inference, "predict", lambda model, images: answers)
    held = torch.zeros(20, 28, 28, dtype=torch.uint8), torch.arange(20) % 10
    recipe = {**RECIPE, "widths": [1, 2, 3, 6]}
    line = sizes.run(("cnn", 1000, "recipe", 0), recipe, {}, None, held)
    assert line["errors"] == 18 and line["parameters"] == efficiency.parameters(network)
    assert line["bytes"] > 4 * line["parameters"]  # BatchNorm's statistics, too
