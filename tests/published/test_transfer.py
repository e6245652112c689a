"""What is said of large networks beside ours is what was measured."""

import json

import pytest
import yaml

from helpers import handbook, published, published_table

FOLDER = "pipelines/transfer"
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
    return published_table(f"{FOLDER}/metrics/{name}.csv")


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
def prose():
    return " ".join(handbook().split())


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
