"""Networks of all kinds are trained on the same few images and stand in one table."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from helpers import ROOT
from mnist.core import files, params
from mnist.core.errors import InputError
from mnist.data import prepared
from mnist.training import augmentation, checkpoints, loop
from pipelines.transfer import compare, record_weights, train, train_ours
from pipelines.transfer.comparison import (
    backbones,
    experiment,
    features,
    ours,
    pretrained,
    seconds,
    training,
)
from transfer.small import ANN, AUGMENT, COMPUTE, RECIPE

NETWORK = "squeezenet1_1"
TRANSFER = {
    "models": ["ann"],
    "backbones": [NETWORK],
    "large": [],
    "pretrained": [NETWORK],
    "weights": {NETWORK: "weights.pt"},
    "seeds": [0, 1],
    "sizes": {NETWORK: 32},
    "images": 60,
    "validation": 40,
    "test": 50,
    "corrupted": 20,
    "head_epochs": 1,
    "epochs": 1,
    "batch_size": 30,
    "learning_rates": {"ann": 0.01, NETWORK: 0.001, f"{NETWORK}_pretrained": 0.001},
    "head_learning_rate": 0.01,
    "backbone_rate": 0.3,
    "weight_decay": 0.01,
    "label_smoothing": 0.02,
    "averaging": 0.9,
}


@pytest.fixture
def project(digits, tmp_path, monkeypatch):
    """Work in a project of scikit-learn's digits, with weights for the backbone."""
    monkeypatch.chdir(tmp_path)
    images, labels = digits
    parts = {"train": slice(0, 300), "validation": slice(300, 400), "test": slice(400, 600)}
    for part, rows in parts.items():
        arrays = {"images": images[rows], "labels": labels[rows].astype(np.uint8)}
        files.write_arrays(prepared.path(part), **arrays)
    about = {"name": "small", "classes": list("0123456789"), "digits": True}
    files.write_json(prepared.DATASET, {**about, "mean": 0.15, "std": 0.3})
    sections = {"seeds": [0], "compute": COMPUTE, "augment": AUGMENT, "ann": {**ANN, **RECIPE}}
    (tmp_path / "params.yaml").write_text(json.dumps(sections))
    write(TRANSFER)
    torch.manual_seed(9)
    state = backbones.models().get_model(NETWORK, weights=None).state_dict()
    torch.save({k: v for k, v in state.items() if k.startswith("features.")}, "weights.pt")
    return tmp_path


def write(transfer):
    files.write(experiment.PARAMS, json.dumps({"transfer": transfer}).encode())


def model(seed=0, **changes):
    train_ours.main("ann", seed, {**TRANSFER, **changes}, AUGMENT, COMPUTE)


def backbone(from_weights, seed=0, **changes):
    train.main(NETWORK, seed, from_weights, {**TRANSFER, **changes}, AUGMENT, COMPUTE)


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


ANN_RUN = experiment.Run("ann", "scratch", (0, 1))
PRETRAINED = experiment.Run(NETWORK, "pretrained", (0, 1))


def test_the_committed_parameters_are_accepted():
    committed = params.read(ROOT / experiment.PARAMS)
    section = committed["transfer"]
    assert set(section) == {*experiment.ACCEPTED, "weights", "sizes", "learning_rates"}
    runs = experiment.runs(section)
    assert {run.name for run in runs} <= set(section["learning_rates"])
    assert all(section[name] is not None for name in experiment.LISTS)


def test_a_missing_rate_is_named_and_one_of_a_network_left_out_is_kept(project):
    write({**TRANSFER, "learning_rates": {"ann": 0.01}, "weights": {NETWORK: "none", "x": 5}})
    with pytest.raises(InputError) as error:
        params.check(params.read(experiment.PARAMS), experiment.tables(), experiment.PARAMS)
    assert f"learning_rates.{NETWORK} is missing" in str(error.value)
    assert "weights.x is 5, expected" in str(error.value)
    write({**TRANSFER, "backbones": [], "pretrained": []})
    params.check(params.read(experiment.PARAMS), experiment.tables(), experiment.PARAMS)


def test_a_network_in_two_lists_is_refused():
    with pytest.raises(InputError, match="twice"):
        experiment.runs({**TRANSFER, "large": ["ann"]})


def test_without_a_phase_for_the_head_its_epochs_are_added():
    given = {**TRANSFER, "head_epochs": 4, "epochs": 6}
    assert experiment.loop_settings(given, PRETRAINED)["epochs"] == 6
    assert experiment.loop_settings(given, ANN_RUN)["epochs"] == 10


def test_slower_parameters_get_their_share_of_the_learning_rate():
    network = backbones.build(NETWORK, 10, 32)
    groups, factors = loop.parameter_groups(network, 0.1, {"backbone.": 0.25})
    assert factors == [0.25, 0.25, 1, 1]
    counts = [sum(p.numel() for p in group["params"]) for group in groups]
    assert sum(counts[:2]) == 722_496 and sum(counts[2:]) == 5130
    assert [group.get("weight_decay") for group in groups] == [0.1, None, 0.1, None]


def test_a_factor_of_zero_freezes_and_none_changes_nothing(project):
    images, labels = training.parts(TRANSFER)["train"]
    recipe = experiment.loop_settings(TRANSFER, ANN_RUN)
    found = {}
    for slower in (None, {}, {"1.": 0.0}):
        network = ours.build("ann", ANN, 0)
        *_, last = loop.train(
            network, images, labels, {}, AUGMENT, 0, "cpu", None, slower, **recipe
        )
        found[str(slower)] = last.weights["1.1.weight"]
    fresh = ours.build("ann", ANN, 0).state_dict()["1.1.weight"]
    assert torch.equal(found["None"], found["{}"])
    assert torch.equal(found["{'1.': 0.0}"], fresh) and not torch.equal(found["None"], fresh)


def test_a_run_leaves_the_same_bytes_again(project):
    model()
    folder = ANN_RUN.folder(0)
    first = content(folder)
    assert set(first) == {"about.json", "answers.npz", "history.csv"}
    shutil.rmtree(folder)
    model()
    assert content(folder) == first
    answers = files.read_arrays(folder / "answers.npz")
    assert answers["test"].shape == (50,) and answers["corrupted"].shape == (15, 20)


def test_a_killed_run_goes_on_after_its_last_epoch_to_the_same_bytes(project, monkeypatch):
    monkeypatch.setattr(training, "EVERY", -1)
    model(epochs=3)
    folder = ANN_RUN.folder(0)
    whole = content(folder)
    shutil.rmtree(folder)
    save, saved = checkpoints.save, []

    def killed(*given):
        save(*given)
        saved.append(given)
        if len(saved) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            model(epochs=3)
    assert not folder.exists()
    epochs, announce = [], training.progress.announce
    monkeypatch.setattr(
        training.progress, "announce", lambda *given: (epochs.append(1), announce(*given))
    )
    model(epochs=3)
    assert len(epochs) == 2  # of four
    assert content(folder) == whole
    assert not checkpoints.path("transfer-ann-scratch", 0).exists()


def test_features_are_computed_once_and_for_what_decides_them(project, monkeypatch):
    record_weights.main(TRANSFER)
    calls, outputs = [], features.inference.outputs

    def counted(network, *given, **options):
        calls.append(isinstance(network[-1], torch.nn.Module) if len(network) == 2 else None)
        return outputs(network, *given, **options)

    network = backbones.build(NETWORK, 10, 32)
    images, _ = training.parts(TRANSFER)["train"]
    monkeypatch.setattr(features.inference, "outputs", counted)
    data = [prepared.path("train")]
    first = features.cached(network, [NETWORK, 32], images, data)
    assert torch.equal(features.cached(network, [NETWORK, 32], images, data), first)
    assert len(calls) == 1 and first.shape == (60, 512)
    features.cached(network, [NETWORK, 33], images, data)
    assert len(calls) == 2


def test_a_head_learns_from_features_and_the_seed_decides_it():
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(200) % 4
    known = torch.eye(8)[labels] + 0.1 * torch.randn(200, 8, generator=generator)
    recipe = {"epochs": 20, "batch_size": 20, "learning_rate": 0.05, "weight_decay": 0.01}
    heads = []
    for seed in (0, 0, 1):
        torch.manual_seed(3)
        head = torch.nn.Linear(8, 4)
        features.train_head(head, known, labels, seed, label_smoothing=0.0, **recipe)
        heads.append(head)
    assert (heads[0](known).argmax(1) == labels).all()
    assert torch.equal(heads[0].weight, heads[1].weight)
    assert not torch.equal(heads[0].weight, heads[2].weight)


def test_a_backbone_with_weights_is_trained_in_two_phases(project):
    record_weights.main(TRANSFER)
    backbone(True)
    folder = PRETRAINED.folder(0)
    about = files.read_json(folder / "about.json")
    assert about["measured"] and about["weights"] == "file"
    assert about["sha256"] == pretrained.sha256(project / "weights.pt")
    assert len(pd.read_csv(folder / "history.csv")) == TRANSFER["epochs"]
    backbone(False)
    scratch = pd.read_csv(experiment.TRAINED / NETWORK / "scratch" / "0" / "history.csv")
    assert len(scratch) == TRANSFER["epochs"] + TRANSFER["head_epochs"]


def test_weights_that_are_not_here_leave_a_row_out_and_say_so(project, capsys):
    (project / "weights.pt").unlink()
    record_weights.main(TRANSFER)
    assert "weights.pt is not here; put the file there" in capsys.readouterr().out
    for seed in TRANSFER["seeds"]:
        backbone(True, seed)
        model(seed)
        backbone(False, seed)
    said = capsys.readouterr().out
    assert f"{NETWORK}_pretrained seed 0 is not measured: weights.pt is not here" in said
    compare.main(TRANSFER)
    table = pd.read_csv(experiment.HERE / "metrics" / "transfer.csv")
    assert list(table["measured"]) == [True, True, False]
    assert np.isnan(table["test_accuracy"].iloc[2])
    figures = files.read_json(experiment.HERE / "metrics" / "transfer.json")
    assert figures["ann"]["low"] <= figures["ann"]["test_accuracy"] <= figures["ann"]["high"]
    assert figures[f"{NETWORK}_pretrained"]["measured"] is False
    assert (experiment.HERE / "plots" / "transfer.png").read_bytes().startswith(b"\x89PNG")
    timed = seconds.read()
    assert set(timed["latency_ms"]) == {"ann", NETWORK}
    assert set(timed["training_seconds"]) == {"ann", NETWORK}


def test_weights_that_changed_since_they_were_recorded_are_refused(project):
    record_weights.main(TRANSFER)
    torch.save({"other": torch.zeros(1)}, "weights.pt")
    with pytest.raises(InputError, match="run make transfer"):
        backbone(True)


def test_runs_that_are_no_longer_listed_are_removed(project):
    for seed in (0, 7):
        files.write_json(experiment.TRAINED / "ann" / "scratch" / str(seed) / "about.json", {})
    record_weights.main(TRANSFER)
    assert [path.name for path in experiment.TRAINED.glob("ann/scratch/*")] == ["0"]


def test_weights_none_are_left_out_too():
    found = record_weights.record(NETWORK, "none")
    assert found["sha256"] is None and "none" in found["reason"]


def test_a_difference_is_paired_and_has_its_interval():
    generator = np.random.default_rng(0)
    hard = generator.random(500) < 0.1
    first = np.stack([hard, hard])
    second = np.stack([hard | (generator.random(500) < 0.1) for _ in range(2)])
    found = compare.difference(first, second)
    assert 0.05 < found["low"] < found["test_accuracy"] < found["high"] < 0.2
    assert set(compare.difference(first[:1], second[:1])) == {"test_accuracy"}


@pytest.mark.parametrize(("network", "pretrained"), [("nosuch", False), ("resnet18", True)])
def test_a_network_that_is_not_listed_is_one_line(network, pretrained):
    given = {"transfer": TRANSFER, "augment": AUGMENT, "compute": COMPUTE}
    with pytest.raises(InputError, match=f"^--network {network}: .* lists {NETWORK}$"):
        train.main(network=network, number=0, from_weights=pretrained, **given)


def test_a_model_that_is_not_ours_is_one_line():
    with pytest.raises(InputError, match="lenet is no model of ours, which are ann, cnn"):
        ours.arguments("lenet", {"lenet": {}})


def test_every_setting_of_a_run_is_a_dependency_of_its_stage():
    stages = yaml.safe_load((ROOT / "pipelines/transfer/dvc.yaml").read_text())["stages"]
    common = set(experiment.ACCEPTED) - set(experiment.LISTS) - {"seeds"}
    common -= {"backbone_rate", "head_learning_rate"}
    for name in ("train_ours", "train", "train_large", "finetune"):
        declared = {each for each in stages[name]["params"] if isinstance(each, str)}
        assert {f"transfer.{key}" for key in common} <= declared
        row = "${item.network}_pretrained" if name == "finetune" else "${item.network}"
        assert f"transfer.learning_rates.{row}" in declared
        assert name == "train_ours" or "transfer.sizes.${item.network}" in declared
    finetune = set(stages["finetune"]["params"][:-1])
    assert {"transfer.backbone_rate", "transfer.head_learning_rate"} <= finetune
    assert "transfer.weights.${item.network}" in finetune


def test_a_checkpoint_knows_the_code_that_trains():
    known = {*training.CODE, *train.CODE}
    assert {augmentation.__file__, loop.__file__, backbones.__file__, features.__file__} <= known
