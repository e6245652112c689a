"""evaluate and generalize take any number of models, and classes that are no digits."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

import evaluate
import generalize
from mnist.core import files, runs
from mnist.core.accepted_values import whole
from mnist.core.errors import InputError
from mnist.data import prepared
from mnist.evaluation import efficiency, other_writers
from mnist.models import inference, weights

MODELS = ["wide", "ann", "narrow"]
SEEDS = [5, 3]
COMPUTE = {"threads": 1}
AUGMENT = {"noise": 0.1, "rotation": 10, "shift": 0, "scale": 0, "shear": 0}
CLOTHES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Bag"]


def linear(*, classes, width):
    return nn.Sequential(nn.Flatten(), nn.Linear(784, width), nn.ReLU(), nn.Linear(width, classes))


ARGUMENTS = {
    "wide": {"width": 30},
    "ann": {"widths": [16], "dropout": 0.0},
    "narrow": {"width": 3},
}


@pytest.fixture
def project(tmp_path, monkeypatch, digits):
    """Return a function that leaves in a new folder what the stages before leave."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(efficiency, "SECONDS", 0.01)
    monkeypatch.setattr(efficiency, "ROUNDS", 1)
    for name in ("wide", "narrow"):
        module = module_from_spec(ModuleSpec(f"mnist.models.{name}", None))
        module.build, module.ACCEPTED = linear, {"width": whole(1, 100)}
        monkeypatch.setitem(sys.modules, module.__name__, module)
    ten = other_writers.ExternalSet(
        "UCI digits", digits[0][:9], digits[1][:9], np.zeros(9, bool), None
    )
    monkeypatch.setattr(other_writers, "uci_digits", lambda: ten)

    def make(models, name="mnist", classes=tuple("0123456789"), digit_names=True):
        labels = digits[1] % len(classes)
        for i, part in enumerate(("train", "validation", "test")):
            some = slice(300 * i, 300 * (i + 1))
            files.write_arrays(prepared.path(part), images=digits[0][some], labels=labels[some])
        dataset = {"name": name, "classes": list(classes), "digits": digit_names}
        files.write_json(prepared.DATASET, {**dataset, "mean": 0.13, "std": 0.31})
        sets = {"usps": False, "qmnist": False, "clothes": True}
        files.write_json("data/others/sets.json", sets)
        files.write_arrays("data/others/clothes.npz", images=255 - digits[0][:300])
        for model in models:
            for seed in SEEDS:
                arguments = {"classes": len(classes), **ARGUMENTS[model]}
                configuration = weights.Configuration(model, arguments, 0.13, 0.31)
                network = weights.build(configuration, seed)
                weights.save(runs.weights(model, seed), configuration, network.state_dict())
                seen = {
                    part: inference.predict(network, torch.from_numpy(prepared.load(part)[0]))
                    for part in ("train", "validation")
                }
                folder = runs.folder(model, seed)
                arrays = {part: p.numpy() for part, p in seen.items()}
                files.write_arrays(folder / "predictions.npz", **arrays)
                history = folder / "history/plots/metrics/validation/accuracy.tsv"
                files.write(history, b"step\taccuracy\n0\t0.5\n")
        return models

    return make


@pytest.mark.parametrize("count", [1, 2, 3])
def test_any_number_of_models_is_evaluated_in_their_order(count, project):
    models = project(MODELS[:count])
    files.write("plots/tables/curves/gone.csv", b"of a model that is no more\n")
    evaluate.main(SEEDS, models, COMPUTE)
    test, selection = (files.read_json(f"metrics/{name}.json") for name in ("test", "selection"))
    pairs = [(a, b) for i, a in enumerate(models) for b in models[i + 1 :]]
    assert list(test) == [*models, *(f"{b}_minus_{a}" for a, b in pairs)]
    assert list(selection) == models
    for name in models:
        path = runs.weights(name, SEEDS[-1])
        network = weights.load(path, name)
        assert selection[name]["bytes"] == path.stat().st_size
        assert selection[name]["parameters"] == efficiency.parameters(network)
    table = pd.read_csv("metrics/pairs.csv")
    found = table[["first", "second", "seed"]].to_numpy().tolist()
    assert found == [[a, b, seed] for a, b in pairs for seed in SEEDS]
    seeds = pd.read_csv("metrics/seeds.csv")
    assert seeds["model"].drop_duplicates().tolist() == models
    assert set(seeds["part"]) == {"train", "validation", "test"} and len(seeds) == 6 * count
    answers = files.read_arrays("data/test.npz")
    assert list(answers) == models
    assert all(p.shape == (2, 300, 10) and p.dtype == np.float32 for p in answers.values())
    root = Path("plots/tables")
    tables = {path.relative_to(root).as_posix() for path in root.rglob("*.csv")}
    kinds = ("calibration", "confusion", "coverage", "curves")
    assert tables == {f"{kind}/{name}.csv" for kind in kinds for name in models}
    rates = files.read_json(runs.TIMINGS)["images_per_second"]["batch 1, threads 1"]
    assert list(rates) == [*models, *(f"{b}_to_{a}" for a, b in pairs)]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_any_number_of_models_is_generalized_in_their_order(count, project, capsys):
    models = project(MODELS[:count])
    generalize.main(SEEDS, models, COMPUTE, AUGMENT, {"images": 40, "others": []})
    found = files.read_json("metrics/generalize.json")
    assert list(found) == models
    for each in found.values():
        assert list(each) == [
            *("mean_corruption_error", "error_never_seen", "error_seen"),
            *("auroc_blank", "auroc_noise", "auroc_letters", "auroc_clothes"),
            *("uci_accuracy", "uci_low", "uci_high"),
        ]
        assert None not in each.values()
    for name in ("corruptions", "geometry", "others"):
        table = pd.read_csv(f"metrics/{name}.csv")
        assert table["model"].drop_duplicates().tolist() == models
    for name in ("corruptions", "corruption_errors", "geometry"):
        assert Path(f"plots/generalization/{name}.png").read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out == ""


def test_classes_that_are_no_digits_are_named_and_have_no_other_writers(project, capsys):
    models = project(MODELS[:2], "fashion_mnist", CLOTHES, digit_names=False)
    evaluate.main(SEEDS, models, COMPUTE)
    assert pd.read_csv("metrics/classes.csv")["class"].tolist() == 2 * CLOTHES
    assert pd.read_csv("plots/tables/confusion/ann.csv")["true"].tolist()[:9:8] == CLOTHES[:2]
    others = ["no/such/folder"]  # which for digits would be an error
    generalize.main(SEEDS, models, COMPUTE, AUGMENT, {"images": 40, "others": others})
    for each in files.read_json("metrics/generalize.json").values():
        missing = {key for key, value in each.items() if value is None}
        assert missing == {"uci_accuracy", "uci_low", "uci_high", "auroc_clothes"}
    others = pd.read_csv("metrics/others.csv")
    assert tuple(others) == other_writers.COLUMNS and others.empty
    assert capsys.readouterr().out.splitlines() == [
        "digits by other writers skipped: fashion_mnist has no digits",
        "clothes skipped: they are what the networks learnt",
    ]


def test_the_uci_digits_are_skipped_where_the_networks_learnt_them(project, capsys):
    models = project(MODELS[:2], "optdigits")
    generalize.main(SEEDS, models, COMPUTE, AUGMENT, {"images": 40, "others": []})
    for each in files.read_json("metrics/generalize.json").values():
        missing = {key for key, value in each.items() if value is None}
        assert missing == {"uci_accuracy", "uci_low", "uci_high"}
    others = pd.read_csv("metrics/others.csv")
    assert others["set"].tolist() == ["USPS", "USPS", "QMNIST", "QMNIST"]
    told = "UCI digits skipped: they are what the networks learnt\n"
    assert capsys.readouterr().out == told


def test_what_is_wrong_in_people_s_own_digits_is_said_before_anything_is_measured(project):
    models = project(MODELS[:1])
    runs.weights(models[0], SEEDS[0]).unlink()
    with pytest.raises(InputError, match="no/such/folder"):
        generalize.main(
            SEEDS, models, COMPUTE, AUGMENT, {"images": 40, "others": ["no/such/folder"]}
        )


def test_a_mistake_in_the_code_of_a_network_keeps_its_traceback(project, monkeypatch):
    models = project(MODELS[:1])
    monkeypatch.setattr(sys.modules["mnist.models.wide"], "build", lambda **arguments: 1 / 0)
    for main in (
        lambda: evaluate.main(SEEDS, models, COMPUTE),
        lambda: generalize.main(SEEDS, models, COMPUTE, AUGMENT, {"images": 40, "others": []}),
    ):
        with pytest.raises(ZeroDivisionError):
            main()
    assert runs.weights(models[0], SEEDS[0]).is_file()
