"""Which networks are compared, with which settings, and which stages depend on them."""

import re
import sys
from pathlib import Path

import pytest
import yaml

from helpers import ROOT, run
from imported import EXEMPT, reached
from mnist.core import files, params
from mnist.core.errors import InputError
from pipelines.transfer import record_weights, train, train_ours
from pipelines.transfer.comparison import experiment, ours, training
from transfer.networks import ANN_RUN, NETWORK, PRETRAINED, TRANSFER, write
from transfer.small import AUGMENT, COMPUTE


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


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("backbone_rate", 1.01),
        ("label_smoothing", 1.0),
        ("images", 60_001),
        ("batch_size", 1),
        ("models", ["ann", "ann"]),
        ("seeds", [1, 1]),
    ],
)
def test_a_value_beyond_what_is_accepted_is_named(key, value, project):
    write({**TRANSFER, key: value})
    with pytest.raises(InputError, match=rf"transfer\.{key} is {re.escape(str(value))}, expected"):
        params.check(params.read(experiment.PARAMS), experiment.tables(), experiment.PARAMS)


def test_a_network_in_two_lists_is_refused():
    with pytest.raises(InputError, match="twice"):
        experiment.runs({**TRANSFER, "large": ["ann"]})


def test_without_a_phase_for_the_head_its_epochs_are_added():
    given = {**TRANSFER, "head_epochs": 4, "epochs": 6}
    assert experiment.loop_settings(given, PRETRAINED)["epochs"] == 6
    assert experiment.loop_settings(given, ANN_RUN)["epochs"] == 10


@pytest.mark.parametrize(("network", "pretrained"), [("nosuch", False), ("resnet18", True)])
def test_a_network_that_is_not_listed_is_one_line(network, pretrained):
    given = {"transfer": TRANSFER, "augment": AUGMENT, "compute": COMPUTE}
    with pytest.raises(InputError, match=f"^--network {network}: .* lists {NETWORK}$"):
        train.main(network=network, number=0, from_weights=pretrained, **given)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("train_ours", ["--network", "lenet", "--seed", "0"]),
        ("train", ["--network", "lenet", "--seed", "0"]),
        ("train", ["--network", "lenet", "--seed", "0", "--pretrained"]),
    ],
)
def test_a_script_takes_its_network_from_the_command_line(script, words, project):
    line = [sys.executable, "-m", f"pipelines.transfer.{script}", *words]
    said = run(*line, cwd=project, ok=False, PYTHONPATH=f"{ROOT / 'stages'}:{ROOT}")
    assert "lenet" in said.splitlines()[-1] and "Traceback" not in said


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
    """But for what is asked once the epoch is chosen, and what can only turn down input."""
    later = ("comparison/seconds.py", "pipelines/transfer/record_weights.py")
    ours_know = {*train_ours.code("ann"), *train_ours.code("cnn")}  # each knows itself
    for script, own in ((train, train.CODE), (train_ours, ours_know)):
        known = {Path(file).relative_to(ROOT).as_posix() for file in [*training.CODE, *own]}
        lacking = {
            file
            for file in reached(script.__file__) - EXEMPT - known
            if "/evaluation/" not in file and not file.endswith(later)
        }
        assert not lacking


def test_weights_none_are_left_out_too():
    found = record_weights.record(NETWORK, "none")
    assert found["sha256"] is None and "none" in found["reason"]


def test_runs_that_are_no_longer_listed_are_removed(project):
    for seed in (0, 7):
        files.write_json(experiment.TRAINED / "ann" / "scratch" / str(seed) / "about.json", {})
    record_weights.main(TRANSFER)
    assert [path.name for path in experiment.TRAINED.glob("ann/scratch/*")] == ["0"]
