"""What is said of transfer is what was measured, of the committed weights."""

import io
import json

import pandas as pd
import pytest
import yaml

from helpers import handbook, published
from pipelines.transfer.adaptation import method, trained

FOLDER = "pipelines/transfer"
WAYS = "adapted", "from scratch"
NAMES = {
    "ann": "our ANN",
    "cnn": "our CNN",
    "resnet18": "ResNet-18",
    "squeezenet1_1": "SqueezeNet 1.1",
    "efficientnet_b0": "EfficientNet-B0",
    "vgg16": "VGG-16",
}


def read(path):
    return json.loads(published(f"{FOLDER}/{path}"))


def csv(name):
    return pd.read_csv(io.StringIO(published(f"{FOLDER}/metrics/{name}.csv")))


@pytest.fixture(scope="module")
def transfer():
    return yaml.safe_load(published(f"{FOLDER}/params.yaml"))["transfer"]


@pytest.fixture(scope="module")
def networks():
    found = csv("transfer")
    return found.set_index(
        found["network"] + found["start"].map({"scratch": "", "pretrained": "*"})
    )


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


def test_everything_is_measured_from_the_weights_that_the_table_names(networks):
    assert networks["measured"].all()
    record = read("weights/squeezenet1_1.json")
    assert networks.loc["squeezenet1_1*", "sha256"] == record["sha256"]
    assert set(networks.loc[networks["start"] == "scratch", "weights"]) == {"none"}


def table(networks, seconds):
    """Return the rows of the table of the handbook, from the figures."""
    for name, row in networks.iterrows():
        network, timed = name.rstrip("*"), name.replace("*", "_pretrained")
        trained = NAMES[network] + (", from ImageNet" if name.endswith("*") else "")
        error, low, high = (100 - 100 * row[key] for key in ("test_accuracy", "high", "low"))
        cells = [
            trained,
            f"{error:.1f} % ({low:.1f} to {high:.1f})",
            f"{100 * row['corrupted_error']:.0f} %",
            f"{row['parameters'] / 1e6:.1f} M",
            f"{row['multiply_accumulates'] / 1e6:,.0f} M"
            if row["multiply_accumulates"] > 1e7
            else f"{row['multiply_accumulates'] / 1e6:.1f} M",
            f"{seconds['training_seconds'][timed]:.0f} s",
            f"{seconds['latency_ms'][network]:.1f} ms",
        ]
        yield f"| {' | '.join(cells)} |"


def test_the_table_of_networks_is_what_was_measured(networks):
    rows = list(table(networks, read("seconds.json")))
    assert all(row in handbook() for row in rows), "\n".join(rows)


def test_what_is_said_of_the_networks_is_what_was_measured(networks, transfer, prose):
    sizes, rates = transfer["sizes"], transfer["learning_rates"]
    assert sizes["resnet18"] == sizes["efficientnet_b0"]
    root = yaml.safe_load(published("params.yaml"))
    assert all(rates[name] == root[name]["learning_rate"] for name in ("ann", "cnn"))
    pair = read("metrics/transfer.json")["squeezenet1_1_pretrained_minus_scratch"]
    points = [f"{100 * pair[key]:.1f}" for key in ("test_accuracy", "low", "high")]
    ours, best = networks.loc["cnn"], networks.loc["resnet18"]
    claims = [
        f"{transfer['images']:,} training images as our two, for "
        f"{transfer['head_epochs'] + transfer['epochs']} epochs",
        f"{transfer['test']:,} test images, means over {len(transfer['seeds'])} seeds",
        f"Corrupted are {transfer['corrupted']} of them",
        f"at {'half' if transfer['backbone_rate'] == 0.5 else '?'} the learning rate",
        f"enlarged to {sizes['resnet18']} pixels a side for ResNet and EfficientNet, "
        f"{sizes['vgg16']} for VGG and {sizes['squeezenet1_1']} for SqueezeNet",
        f"errs in {100 - 100 * networks.loc['squeezenet1_1*', 'test_accuracy']:.1f} % where our "
        f"CNN errs in {100 - 100 * ours['test_accuracy']:.1f} %",
        f"{points[0]} points better ({points[1]} to {points[2]}) than SqueezeNet from scratch",
        f"{best['parameters'] / ours['parameters']:.0f} times our CNN's parameters and "
        f"{best['multiply_accumulates'] / ours['multiply_accumulates']:.0f} times its arithmetic",
    ]
    missing = [claim for claim in claims if claim not in prose]
    assert not missing, missing
    # "reads as well as our CNN"
    assert best["low"] < ours["test_accuracy"] < best["high"]
    others = networks.drop(["cnn", "resnet18"])
    assert (others["high"] < ours["test_accuracy"]).all()
    # "no large network beats our CNN"
    assert (networks["test_accuracy"] <= ours["test_accuracy"]).all()
    epochs = transfer["head_epochs"] + transfer["epochs"]
    assert f"In this setting ({transfer['images']:,} images, {epochs} epochs, learning" in prose
    assert "corrupted_low" not in networks and "these errors have no interval" in prose


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
