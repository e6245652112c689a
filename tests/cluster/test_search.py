"""A search under Ray Tune: killed and resumed, and on a cluster that loses a machine."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from helpers import ROOT
from imported import EXEMPT, reached
from mnist.core import files, params
from mnist.core.errors import InputError

reason = "it is in the environment that 'make search' makes"
ray = pytest.importorskip("ray", reason=reason)

from pipelines.cluster import search, summarise  # noqa: E402
from pipelines.cluster.tuning import study, suggestions  # noqa: E402

SPACE = {
    "learning_rate": {"low": 0.001, "high": 0.03, "scale": "log"},
    "dropout": {"low": 0.0, "high": 0.4, "scale": "linear"},
    "widths": {"choices": [[16], [32], [32, 16]]},
}
SEARCH = {"trials": 4, "epochs": 2, "images": 100, "concurrent": 1, "seed": 0, "confirm": [0, 1]}


def tried(count):
    rng = np.random.default_rng(0)
    return [
        study.Trial(
            number,
            {"learning_rate": 0.01 * rng.random() + 0.002, "dropout": 0.1, "widths": [16]},
            [{"loss": float(rng.random()), "accuracy": 0.9, "gap": 0.0}] * 2,
            {"parameters": 1, "multiply_accumulates": 1},
            study.FINISHED,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [0, 8])
def test_a_suggestion_depends_on_its_number_and_on_what_ended_alone(count):
    ended = tried(count)
    first, again = (
        suggestions.suggested(SPACE, count, each, [], 0) for each in (ended, ended[::-1])
    )
    assert first == again
    assert set(first) == set(SPACE) and first["widths"] in SPACE["widths"]["choices"]
    assert float(f"{first['learning_rate']:.3g}") == first["learning_rate"]
    assert suggestions.suggested(SPACE, count + 1, ended, [], 0) != first
    assert suggestions.suggested(SPACE, count, ended, [], 1) != first
    assert suggestions.suggested(SPACE, count, ended, [first], 0)


def test_a_scheduler_knows_the_trials_before():
    ended = tried(9)
    found = suggestions.scheduler(9, [])
    for each in (found, suggestions.scheduler(9, ended)):
        stand_in = type("Stand-in", (), {"trial_id": "now"})()
        each.on_trial_add(None, stand_in)
        bad = {suggestions.EPOCH: 1, suggestions.METRIC: 99.0}
        said = each.on_trial_result(None, stand_in, bad)
        assert said == ("CONTINUE" if each is found else "STOP")


def test_a_trial_that_ends_is_handed_on_once_and_its_number_is_not_given_again():
    ended = []
    asked = suggestions.Suggestions(SPACE, tried(1), 3, 2, 0, lambda values: {}, ended.append)
    values = [asked.suggest(name) for name in ("a", "b")]
    assert values[0] != values[1] and asked.suggest("c") == "FINISHED"
    for number in (1, 2):
        result = {"loss": 0.5 / number, "accuracy": 0.9, "gap": 0.0, suggestions.EPOCH: number}
        asked.on_trial_result("b", result)
    asked.on_trial_complete("b", result)
    asked.on_trial_complete("a", None, error=True)
    (trial,) = ended
    assert (trial.number, trial.state, trial.loss) == (2, study.FINISHED, 0.25)


@pytest.mark.parametrize("before", [0, 1])
def test_a_trial_that_overflows_has_ended_and_is_the_worst(before):
    ended = []
    asked = suggestions.Suggestions(SPACE, [], 3, 2, 0, lambda values: {}, ended.append)
    asked.suggest("a")
    for number in range(1, before + 1):
        result = {"loss": 0.5, "accuracy": 0.9, "gap": 0.0, suggestions.EPOCH: number}
        asked.on_trial_result("a", result)
    asked.on_trial_complete("a", {**suggestions.OVERFLOWED, suggestions.EPOCH: before + 1})
    (trial,) = ended
    assert (trial.number, trial.state, len(trial.epochs)) == (0, study.FAILED, before)
    assert trial.loss == np.inf and json.loads(json.dumps(asdict(trial), allow_nan=False))
    assert suggestions.suggested(SPACE, 9, [*tried(8), replace(trial, number=8)], [], 0)
    suggestions.scheduler(9, [trial])
    last = summarise.rows("ann", [trial, *tried(2)])[-1]
    assert last["state"] == study.FAILED and last["loss"] == (0.5 if before else None)
    with pytest.raises(InputError, match="no trial finished, and 1 of 1 overflowed"):
        study.best([trial])


def test_a_rounded_suggestion_stays_in_its_range():
    for value, values in ((0.0123456, {}), (0.00123449, {"low": 0.0012344}), (0.12351, {})):
        ends = {"low": 0.001, "high": 0.12352, **values}
        assert ends["low"] <= suggestions.rounded(value, ends) <= ends["high"]
    assert suggestions.rounded(0.0123456, ends) == 0.0123


def test_the_trials_of_other_code_are_not_gone_on_with():
    """All that a trial rests on decides its file, but for how Ray is joined."""
    known = {Path(file).relative_to(ROOT).as_posix() for file in search.code("ann")}
    known |= {Path(file).relative_to(ROOT).as_posix() for file in search.code("cnn")}
    assert reached(search.__file__) - EXEMPT - known == {"pipelines/cluster/joining.py"}


def test_differences_are_paired_by_seed():
    found = summarise.difference([0.5, 0.6, 0.7], [0.4, 0.5, 0.6])
    assert found["difference"] == found["low"] == found["high"] == 0.1
    assert set(summarise.difference([1.0], [2.0])) == {"difference"}


@pytest.fixture
def project(digits, tmp_path):
    """Return a project of scikit-learn's digits whose search takes seconds."""
    images, labels = digits
    for part, chosen in (("train", slice(0, 300)), ("validation", slice(300, 500))):
        arrays = {"images": images[chosen], "labels": labels[chosen].astype(np.uint8)}
        files.write_arrays(tmp_path / f"data/prepared/{part}.npz", **arrays)
    about = {"name": "small", "classes": list("0123456789"), "digits": True}
    files.write_json(tmp_path / "data/prepared/dataset.json", {**about, "mean": 0.15, "std": 0.3})
    root = params.read(ROOT / "tests" / "params.yaml")
    root["ann"] |= {"batch_size": 32, "widths": [32]}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(root))
    settings = {"search": SEARCH, "space": {"ann": SPACE}}
    files.write(tmp_path / "pipelines/cluster/params.yaml", yaml.safe_dump(settings).encode())
    return tmp_path


def begin(project, **variables):
    paths = {"PYTHONPATH": f"{ROOT / 'stages'}:{ROOT}", **variables}
    line = [sys.executable, "-B", "-m", "pipelines.cluster.search"]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    here = {key: value for key, value in os.environ.items() if key != "RAY_ADDRESS"}
    return subprocess.Popen(line, cwd=project, env=here | paths, **quiet)


def end(started):
    said, _ = started.communicate(timeout=500)
    assert started.returncode == 0, said
    return said


def left(project):
    return json.loads((project / "pipelines/cluster/trials/ann.json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize("rates", [[0.01, 10], [10]])
def test_a_trial_that_overflows_costs_no_other_and_all_of_them_end_in_one_line(rates, project):
    root = params.read(project / "params.yaml")
    root["ann"] |= {"batch_size": 8, "weight_decay": 10}  # -99 times the weights at a rate of 10
    (project / "params.yaml").write_text(yaml.safe_dump(root))
    settings = {"search": SEARCH, "space": {"ann": {"learning_rate": {"choices": rates}}}}
    (project / "pipelines/cluster/params.yaml").write_text(yaml.safe_dump(settings))
    started = begin(project)
    said, _ = started.communicate(timeout=500)
    assert "failed: the loss overflowed, of {'learning_rate': 10}" in said
    assert "Traceback" not in said and "ann: trial 4 of 4" in said
    if rates == [10]:
        assert "no trial finished, and 4 of 4 overflowed; raise" in said.splitlines()[-1]
        assert started.returncode == 1 and not (project / "pipelines/cluster/trials").exists()
    else:
        assert started.returncode == 0
        states = {each["values"]["learning_rate"]: each["state"] for each in left(project)}
        assert states[10] == study.FAILED != states[0.01]


def ended(project):
    return [
        line for path in project.glob("data/search/*") for line in path.read_text().splitlines()
    ]


@pytest.mark.slow
def test_a_search_that_was_killed_tries_what_it_would_have_tried(project):
    said = end(begin(project))
    assert "ann: trial 4 of 4 finished" in said or "ann: trial 4 of 4 pruned" in said
    whole = left(project)
    assert [each["number"] for each in whole] == [0, 1, 2, 3]
    end(begin(project))  # there is nothing left to do
    assert left(project) == whole

    for path in project.glob("data/search/*"):
        path.unlink()
    for least in (1, 2):
        killed = begin(project)
        while len(ended(project)) < least and killed.poll() is None:
            time.sleep(0.05)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
    before = ended(project)
    end(begin(project))
    assert ended(project)[: len(before)] == before
    assert left(project) == whole


@pytest.mark.slow
def test_no_cluster_at_the_address_is_one_line(project):
    started = begin(project, RAY_ADDRESS="127.0.0.1:1")
    said, _ = started.communicate(timeout=300)
    assert started.returncode == 1
    assert said.splitlines()[-1].startswith("search: RAY_ADDRESS: no cluster at 127.0.0.1:1")
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_machine_that_is_lost_costs_no_trial(project):
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    lost = cluster.add_node(num_cpus=1)
    try:
        settings = {"search": {**SEARCH, "trials": 6, "concurrent": 2}, "space": {"ann": SPACE}}
        path = project / "pipelines/cluster/params.yaml"
        path.write_text(yaml.safe_dump(settings))
        started = begin(project, RAY_ADDRESS=cluster.address)
        while len(ended(project)) < 2 and started.poll() is None:
            time.sleep(0.05)
        cluster.remove_node(lost)
        end(started)
        assert [each["number"] for each in left(project)] == list(range(6))
    finally:
        cluster.shutdown()
