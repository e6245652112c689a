"""What is said of models adapted to a hand is what was measured, of the committed ones."""

import json

import pandas as pd
import pytest
import yaml

from helpers import handbook, published, published_table
from pipelines.transfer.adaptation import method, trained

FOLDER = "pipelines/transfer"
WAYS = "adapted", "from scratch"


def read(path):
    return json.loads(published(f"{FOLDER}/{path}"))


def csv(name):
    return published_table(f"{FOLDER}/metrics/{name}.csv")


@pytest.fixture(scope="module")
def hands():
    found = pd.concat([csv("few_labels"), csv("few_labels_people")])
    return found[found["person"].isna()].set_index(["set", "model", "way", "per_class"])


@pytest.fixture(scope="module")
def prose():
    return " ".join(handbook().split())


def test_adapting_is_as_the_prose_says(prose):
    steps = f"{method.STEPS} steps further, each of {method.OWN} of the photos"
    assert f"{steps}, augmented as in training, and {method.REHEARSED} MNIST images" in prose
    assert f"from {trained.REHEARSAL:,}, half of them those of {trained.POOL:,} of which" in prose
    assert f"The learning rate is 1/{1 / method.SLOWER:g} of training's" in prose
    assert f"{method.FOLDS}-fold cross-validation" in prose and min(method.FACTORS) == 0
    assert "with one it is half the way" in prose and method.DEFAULT == 0.5


@pytest.mark.parametrize("name", ["few_labels", "few_labels_people"])
def test_adapted_models_were_the_committed_ones(name):
    recorded = {
        out["path"]: out["md5"]
        for stage, content in yaml.safe_load(published("dvc.lock"))["stages"].items()
        if stage.startswith("train_")
        for out in content["outs"]
    }
    runs = read(f"metrics/{name}.json")["runs"]
    assert runs
    for run, digest in runs.items():
        assert digest == recorded[f"data/models/{run}"], f"{run}: measure {name} again"


def gains(hands, name, words, count):
    """Return a row of the table of the handbook: what labelled digits give both models."""
    cells = [words, str(count)]
    for model in ("ann", "cnn"):
        before, after = (hands.loc[name, model, way, count] for way in ("zero-shot", "adapted"))
        gain, low, high = (
            f"{round(100 * after[key], 1) + 0.0:.1f}"  # no -0.0
            for key in ("gain", "gain_low", "gain_high")
        )
        cells.append(f"{100 * before['accuracy']:.1f}, {100 * after['accuracy']:.1f} %")
        cells.append(f"{gain} ({low} to {high})")
    return f"| {' | '.join(cells)} |"


def test_what_is_said_of_adapted_models_is_what_was_measured(hands, prose):
    adapted = hands.xs("adapted", level="way")
    assert adapted.loc["swiss", "cnn", 1]["people"] == 10
    assert adapted.loc["photos", "cnn", 1]["people"] == 9
    claims = [
        gains(hands, "UCI digits", "scikit-learn's", 10),
        *(gains(hands, "swiss", "Swiss scans, 10 writers", count) for count in (1, 5)),
        gains(hands, "photos", "photos, 9 people", 1),
    ]
    # "The ANN gains most, and the CNN, which reads other hands better to begin with, little"
    zero_shot = hands.xs("zero-shot", level="way")["accuracy"].unstack("model")
    assert (zero_shot["cnn"] > zero_shot["ann"]).all()
    others = adapted.drop(index="photos", level="set")
    assert (others.xs("ann", level="model")["gain_low"] > 0).all()
    assert (others.xs("cnn", level="model")["gain"] < 0.0025).all()
    missing = [claim for claim in claims if claim not in prose]
    assert not missing, "\n".join(missing)


def test_whom_the_method_was_not_chosen_on_is_told_apart(prose):
    people = csv("few_labels_people").query("set == 'photos' and way == 'adapted'")
    people = people[people["person"].notna() & (people["per_class"] == 1)]
    odd = people["person"].astype(int) % 2 == 1
    assert people[odd]["person"].nunique() == 3 and people[~odd]["person"].nunique() == 6
    gains = 100 * people[~odd].groupby("model")["gain"].mean()
    assert (gains.round(1) == 0).all()
    assert "The six others gain 0.0 points on the mean, with both models" in prose


def test_what_is_said_of_a_new_cnn_is_what_was_measured(hands, prose):
    ways = {way: hands.xs(way, level="way").xs("cnn", level="model") for way in WAYS}
    at = {way: 100 * table["accuracy"].xs(10, level="per_class") for way, table in ways.items()}
    own, moved = at["from scratch"], at["adapted"]
    assert set(own.index[own > moved]) == {"swiss"}  # "there alone it is ahead"
    row = ways["from scratch"].loc["swiss", 10]
    points = [f"{100 * row[key]:.1f}" for key in ("gain", "gain_low", "gain_high")]
    claims = [
        f"reads {own['UCI digits']:.1f} % of scikit-learn's digits, where the adapted one reads "
        f"{moved['UCI digits']:.1f} %",
        f"{own['photos']:.1f} and {moved['photos']:.1f} % of two people's photos",
        f"{own['swiss']:.1f} and {moved['swiss']:.1f} % of six Swiss writers' scans",
        f"ahead, by {points[0]} points ({points[1]} to {points[2]}) of the networks as they were",
    ]
    assert ways["adapted"].loc["photos", 10]["people"] == 2
    assert ways["adapted"].loc["swiss", 10]["people"] == 6
    missing = [claim for claim in claims if claim not in prose]
    assert not missing, "\n".join(missing)


def test_no_hand_is_read_worse_for_it_and_what_mnist_loses_is_said(hands, prose):
    adapted = hands.xs("adapted", level="way")
    assert (adapted["gain"] >= 0).all()
    assert ((adapted["gain_high"] > 0) | (adapted["gain"] == 0)).all()  # where none was moved
    claims = []
    for model, wrong in (("cnn", "wrong "), ("ann", "")):
        each = adapted.xs(model, level="model")
        low, high = each["mnist_after"].min(), each["mnist_after"].max()
        claims.append(
            f"{each['mnist_before'].iloc[0]:.0f} {wrong}before and {low:.0f} to {high:.0f} after"
        )
    missing = [claim for claim in claims if claim not in prose]
    assert not missing, missing
