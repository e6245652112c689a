import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import visualize
from mnist.core import files, runs
from mnist.core.errors import InputError
from mnist.models import ann, weights
from mnist.models.weights import Configuration
from mnist.plots import style

CLASSES = ["T-shirt/top", "Trouser", "Ankle boot"]
ALWAYS = {"ablation", "all_wrong", "attention", "backbones", "calibration", "confused_pairs"}
ALWAYS |= {"confusion", "doubtful_labels", "dropout", "errors", "few_labels", "file_sizes"}
ALWAYS |= {"learning_curves", "peers", "predictions", "samples", "spending"}
ALWAYS |= {"labels", "sizes", "budgets"}
SEEDS = [3, 5]


def leave_measurements(models):
    """Write what evaluate and generalize leave of 40 test images of three classes."""
    test = {m: {"accuracy": 0.5, "low": 0.4, "high": 0.6, "errors": 20} for m in models}
    for a, b in permutations(models, 2):
        test[f"{b}_minus_{a}"] = {"accuracy": 0, "low": -0.1, "high": 0.1}
    files.write_json("metrics/test.json", test)
    files.write_json("metrics/selection.json", {m: {"multiply_accumulates": 10} for m in models})
    files.write_json("metrics/generalize.json", {m: {"auroc_letters": None} for m in models})
    rows = [(m, seed, "test", 0.5) for m in models for seed in SEEDS]
    files.write_csv(
        "metrics/seeds.csv", pd.DataFrame(rows, columns=["model", "seed", "part", "accuracy"])
    )
    tables = {
        "calibration": {"confidence": [0.5, 0.9], "accuracy": [0.6, 0.9], "count": [30, 50]},
        "confusion": {"true": np.repeat(CLASSES, 3), "predicted": CLASSES * 3, "count": 1.5},
        "coverage": {"coverage": [0.9, 1.0], "errors": [0, 3]},
        "curves": {"epoch": [1, 2], "train_accuracy": [0.8, 0.9], "validation_accuracy": 0.7},
    }
    for kind, columns in tables.items():
        for model in models:
            files.write_csv(f"plots/tables/{kind}/{model}.csv", pd.DataFrame(columns))
    for name in ("corruptions", "corruption_errors", "geometry"):
        files.write(f"plots/generalization/{name}.png", b"\x89PNG")


def leave_benchmarks():
    """Write tables as benchmarks/ leaves them, of models that may be gone."""
    about = {"model": ["old", "other"], "seed": 0, "train_accuracy": 0.9}
    tables = {
        "ablation": {**about, "change": "no dropout", "dropout": 0.0, "validation_accuracy": 0.8},
        "effects": {"model": ["old", "other"], "change": "no dropout", "effect": 0.1},
        "peers": {"network": ["old", "theirs"], "seed": 0, "validation_accuracies": "0.8 0.9"},
        "costs": {"network": ["old", "theirs"], "epoch": [1.0, 2.0]},
    }
    tables["effects"] |= {"low": -0.1, "high": 0.2, "corrupted_effect": 1.0, "time": 1.0}
    for name, columns in tables.items():
        files.write_csv(f"benchmarks/results/{name}.csv", pd.DataFrame(columns))
    size = {"model": "old", "networks": 1, "bytes": 9, "accuracy": 0.9, "low": 0.8, "high": 1}
    files.write_json("pipelines/edge/metrics/edge.json", {"files": {"old": {"fp32": size}}})
    row = {"network": "old", "start": "scratch", "measured": True, "images": 9}
    row |= {"test_accuracy": 0.9, "low": 0.8, "high": 0.95, "multiply_accumulates": 10}
    way = {"set": "UCI digits", "person": None, "per_class": 1, "model": "old", "way": "adapted"}
    way |= {"people": None, "accuracy": 0.9, "low": 0.8, "high": 0.95, "gain_low": 0.01}
    for name, each in (("transfer", row), ("few_labels", way), ("few_labels_people", way)):
        files.write_csv(f"pipelines/transfer/metrics/{name}.csv", pd.DataFrame([each]))


def leave_curves():
    """Write tables of error against labels, size and time, of models that may be gone."""
    two = {"model": ["old", "other"] * 2, "error": [0.2, 0.3, 0.1, 0.2], "low": 0.1, "high": 0.3}
    sizes = {"size": [1000, 1000, 3000, 3000], "parameters": [900, 999, 2900, 2999], "bytes": 4000}
    plain = pd.DataFrame(two | {"labels": [10, 10, 100, 100]})
    tables = {
        "labels": pd.concat([plain.assign(augmented=each) for each in (True, False)]),
        "sizes": pd.DataFrame(two | sizes | {"multiply_accumulates": 5000}),
        "speed": pd.DataFrame(two).assign(network="old", target=0.8, units=1.0, seeds=2, reached=2),
        "published": pd.DataFrame({"name": ["theirs"], "family": "CNN", "parameters": 9})
        .assign(test_error=0.01, chosen_by="not known"),
    }  # fmt: skip
    for name, table in tables.items():
        files.write_csv(f"benchmarks/results/{name}.csv", table)


@pytest.fixture
def left(tmp_path, monkeypatch):
    """Return a function that leaves, in an empty folder, what visualize reads of some models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(style, "png", lambda figure: b"\x89PNG")
    monkeypatch.setitem(sys.modules, "mnist.models.third", ann)
    rng = np.random.default_rng(0)

    def leave(models):
        for part in ("train", "test"):
            images, labels = rng.integers(0, 256, (40, 28, 28), np.uint8), rng.integers(0, 3, 40)
            files.write_arrays(f"data/prepared/{part}.npz", images=images, labels=labels)
        about = {"name": "fashion_mnist", "classes": CLASSES, "digits": False}
        files.write_json("data/prepared/dataset.json", {**about, "mean": 0.3, "std": 0.3})
        found = {m: rng.dirichlet(np.ones(3), (2, 40)).astype(np.float32) for m in models}
        files.write_arrays("data/test.npz", **found)
        for model in models:
            widths = [4, 4, 4, 4] if model == "cnn" else [8]
            arguments = {"classes": 3, "widths": widths, "dropout": 0.1}
            configuration = Configuration(model, arguments, 0.3, 0.3)
            state = weights.build(configuration, seed=0).state_dict()
            weights.save(runs.weights(model, SEEDS[0]), configuration, state)
        leave_measurements(models)
        leave_benchmarks()
        leave_curves()

    return leave


def drawn():
    return {path.stem for path in Path("plots/pictures").iterdir()}


@pytest.mark.parametrize("models", [["cnn"], ["ann", "cnn"], ["third", "ann", "cnn"]])
def test_all_pictures_of_any_number_of_models_and_the_page_are_left(left, models, recwarn):
    left(models)
    visualize.main(SEEDS, models)
    pairs = {f"{a}_wrong_{b}_right" for a, b in permutations(models, 2)}
    assert drawn() == ALWAYS | pairs | {f"misclassified_{model}" for model in models}
    page = Path("plots/report.html").read_text(encoding="utf-8")
    assert "fashion_mnist?" in page and all(model.upper() in page for model in models)
    assert {path.name for path in Path("plots").iterdir()} == {
        "generalization", "pictures", "report.html", "tables"
    }  # fmt: skip
    assert not recwarn.list


def test_pictures_of_a_model_that_is_gone_do_not_stay(left):
    left(["ann", "cnn"])
    files.write("plots/pictures/misclassified_gone.png", b"old")
    visualize.main(SEEDS, ["ann", "cnn"])
    assert "misclassified_gone" not in drawn() and "misclassified_cnn" in drawn()


def test_old_pictures_stay_where_drawing_fails(left):
    left(["ann", "cnn"])
    files.write("plots/pictures/errors.png", b"old")
    Path("benchmarks/results/peers.csv").unlink()
    with pytest.raises(InputError, match=r"peers\.csv is missing"):
        visualize.main(SEEDS, ["ann", "cnn"])
    assert Path("plots/pictures/errors.png").read_bytes() == b"old"


@pytest.mark.parametrize("timed", [True, False])
def test_seconds_are_drawn_only_where_all_runs_were_timed_here(left, monkeypatch, timed):
    left(["ann", "cnn"])
    seconds = {"ann": [[1.0, 2.0], [1.0, 2.5]], "cnn": [[3.0, 5.0]] * 2 if timed else []}
    monkeypatch.setattr(runs, "timed", lambda model, seeds: seconds[model])
    files.write("plots/seconds.png", b"old")
    visualize.main(SEEDS, ["ann", "cnn"])
    path = Path("plots/seconds.png")
    assert path.read_bytes() == b"\x89PNG" if timed else not path.exists()


@pytest.mark.parametrize(
    "path", [*(f"metrics/{name}.json" for name in ("test", "selection", "generalize"))]
)
@pytest.mark.parametrize("content", [[], {"ann": 3}, {"ann": {}}])
def test_metrics_of_another_form_are_named(left, path, content):
    left(["ann", "cnn"])
    files.write_json(path, content)
    with pytest.raises(InputError, match=f"{path} is not what belongs there"):
        visualize.main(SEEDS, ["ann", "cnn"])


@pytest.mark.parametrize(
    "path",
    [
        "benchmarks/results/effects.csv",
        "benchmarks/results/sizes.csv",
        "pipelines/transfer/metrics/few_labels_people.csv",
        "plots/generalization/geometry.png",
        "plots/tables/curves/ann.csv",
    ],
)
def test_a_table_or_picture_of_another_form_is_named(left, path):
    left(["ann", "cnn"])
    files.write(path, b"something else")
    with pytest.raises(InputError, match=f"{path} is not what belongs there"):
        visualize.main(SEEDS, ["ann", "cnn"])


@pytest.mark.parametrize(
    "content", [[], {}, {"files": []}, {"files": {"old": 3}}, {"files": {"old": {}}},
                {"files": {"old": {"fp32": {"model": "old", "bytes": 9}}}}]
)  # fmt: skip
def test_files_for_devices_of_another_form_are_named(left, content):
    left(["ann", "cnn"])
    files.write_json(visualize.EDGE, content)
    with pytest.raises(InputError, match=f"{visualize.EDGE} is not what belongs there"):
        visualize.main(SEEDS, ["ann", "cnn"])


def test_a_table_of_networks_without_their_arithmetic_is_named(left):
    left(["ann", "cnn"])
    path = Path("pipelines/transfer/metrics/transfer.csv")
    pd.read_csv(path).drop(columns="multiply_accumulates").to_csv(path, index=False)
    with pytest.raises(InputError, match=f"{path} is not what belongs there"):
        visualize.main(SEEDS, ["ann", "cnn"])


def test_what_is_missing_is_named(left):
    left(["ann", "cnn"])
    with pytest.raises(InputError, match=r"data/test\.npz"):
        visualize.main(SEEDS, ["ann", "cnn", "third"])
    Path("plots/generalization/geometry.png").unlink()
    with pytest.raises(InputError, match=r"geometry\.png is missing"):
        visualize.main(SEEDS, ["ann", "cnn"])
