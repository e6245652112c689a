"""A search under Ray Tune: killed and resumed, and on a cluster that loses a machine."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import yaml

from helpers import ROOT
from mnist.core import files, params

reason = "it is in the environment that 'make search' makes"
ray = pytest.importorskip("ray", reason=reason)

from pipelines.cluster.tuning import study  # noqa: E402

SPACE = {
    "learning_rate": {"low": 0.001, "high": 0.03, "scale": "log"},
    "dropout": {"low": 0.0, "high": 0.4, "scale": "linear"},
    "widths": {"choices": [[16], [32], [32, 16]]},
}
SEARCH = {"trials": 4, "epochs": 2, "images": 100, "concurrent": 1, "seed": 0, "confirm": [1, 2]}


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
@pytest.mark.parametrize(("rates", "trials"), [([0.01, 10], 4), ([10], 2)])
def test_a_trial_that_overflows_costs_no_other_and_all_of_them_end_in_one_line(
    rates, trials, project
):
    root = params.read(project / "params.yaml")
    root["ann"] |= {"batch_size": 8, "weight_decay": 10}  # -99 times the weights at a rate of 10
    (project / "params.yaml").write_text(yaml.safe_dump(root))
    search = {**SEARCH, "trials": trials}
    settings = {"search": search, "space": {"ann": {"learning_rate": {"choices": rates}}}}
    (project / "pipelines/cluster/params.yaml").write_text(yaml.safe_dump(settings))
    started = begin(project)
    said, _ = started.communicate(timeout=500)
    assert "failed: the loss overflowed, of {'learning_rate': 10}" in said
    assert "Traceback" not in said and f"ann: trial {trials} of {trials}" in said
    if rates == [10]:
        for _ in range(2):  # the second search has nothing left to try, and says the same
            assert started.returncode == 1 and not (project / "pipelines/cluster/trials").exists()
            assert "no trial finished, and 2 of 2 overflowed; raise" in said.splitlines()[-1]
            started = begin(project)
            said, _ = started.communicate(timeout=500)
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
