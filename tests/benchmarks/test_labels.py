import numpy as np
import pandas as pd
import pytest
import torch

import labels
from mnist.training import augmentation

RECIPE = {"epochs": 12, "batch_size": 256}


def test_steps_fall_with_the_square_root_of_the_labels_but_not_below_the_fewest():
    assert labels.epochs(RECIPE, 50_000, 50_000) == 12
    assert labels.epochs(RECIPE, 12_500, 50_000) == 24  # a quarter of the images, half the steps
    assert labels.epochs(RECIPE, 10, 50_000) == labels.FEWEST


def test_a_draw_has_as_many_of_each_class_and_all_is_all():
    part = torch.arange(100), torch.arange(10).repeat(10)
    images, classes = labels.draw(part, 20, 0)
    assert torch.bincount(classes).tolist() == [2] * 10
    assert not torch.equal(images, labels.draw(part, 20, 1)[0])
    assert labels.draw(part, 100, 0) is part


def test_few_labels_are_drawn_more_often_and_none_are_asked_for_that_there_are_not():
    settings = {"cnn": RECIPE, "seeds": [0]}
    keys = list(labels.plan(settings, 3000))
    assert max(key[2] for key in keys) == 3000 and len(set(keys)) == len(keys)
    draws = {n: len({key[3] for key in keys if key[2] == n}) for n in (1000, 3000)}
    assert draws == {1000: 5, 3000: 3}


def test_an_interval_covers_draws_and_images():
    spread, same = labels.interval([90, 100, 110], 1000), labels.interval([100] * 3, 1000)
    assert spread[0] < same[0] < 0.1 < same[1] < spread[1]
    assert same == pytest.approx((0.0814, 0.1186), abs=1e-4)


def test_a_point_is_the_mean_of_its_draws_and_one_draw_is_none():
    lines = [("cnn", True, 10, draw, 300, 10 + draw) for draw in range(3)]
    lines.append(("cnn", False, 10, 0, 300, 50))
    table = pd.DataFrame(lines, columns=[*labels.KEY, "steps", "errors"])
    (point,) = labels.points(table, 100).to_dict("records")
    assert point["error"] == 0.11 and point["draws"] == 3 and point["low"] < 0.11 < point["high"]


def test_draws_that_are_no_longer_asked_for_do_not_count(tmp_path, monkeypatch):
    settings = {"cnn": RECIPE, "augment": {}, "seeds": [0], "compute": {}}
    for name in ("RUNS", "POINTS"):
        monkeypatch.setattr(labels, name, tmp_path / f"{name}.csv")
    monkeypatch.setattr(labels.measuring, "settings", lambda: settings)
    monkeypatch.setattr(labels.device, "prepare", lambda: None)
    part = torch.zeros(40, 28, 28), torch.arange(40) % 10
    monkeypatch.setattr(labels.learning, "parts", lambda settings: (part, part))

    def run(key, recipe, augment, learnt, held):
        found = {"recipe": labels.learning.digest(recipe, augment), "steps": 300, "errors": 4}
        return dict(zip(labels.KEY, key, strict=True)) | found

    monkeypatch.setattr(labels, "run", run)
    labels.main()
    assert set(pd.read_csv(labels.POINTS)["draws"]) == {5}
    monkeypatch.setattr(labels, "DRAWS", (2, 2))
    monkeypatch.setattr(labels, "LABELS", (10,))
    labels.main()
    points = pd.read_csv(labels.POINTS)
    assert set(points["draws"]) == {2} and set(points["labels"]) == {10}


def test_a_run_learns_from_what_it_draws(monkeypatch):
    asked = {}

    def train(name, seed, recipe, augment, part):
        asked.update(name=name, seed=seed, recipe=recipe, augment=augment, n=len(part[1]))
        return None

    monkeypatch.setattr(labels.learning, "train", train)
    answers = torch.eye(10)[torch.zeros(40, dtype=int)]
    monkeypatch.setattr(labels.inference, "predict", lambda model, images: answers)
    settings = {"cnn": RECIPE, "augment": {"rotation": 10.0}}
    part = torch.arange(100), torch.arange(10).repeat(10)
    held = torch.arange(40), torch.from_numpy(np.arange(40) % 10)
    key = "cnn", False, 20, 3
    line = labels.run(key, *labels.recipe_for(key, settings, 100), part, held)
    assert line["errors"] == 36 and asked["n"] == 20 and asked["seed"] == 3
    assert asked["augment"] == dict.fromkeys(augmentation.ACCEPTED, 0.0)
    assert line["steps"] == labels.FEWEST
