"""What is said of the files for devices is what was measured, of the committed weights."""

import json
import re

import pytest
import yaml

from helpers import handbook, published
from pipelines.edge import exported

COLUMNS = ("ann", "cnn", "cnn_ensemble")
ROWS = {
    "pytorch": "PyTorch",
    "fp32": "LiteRT, float32",
    "dynamic_int8": "LiteRT, int8 weights",
    "int8": "LiteRT, all int8",
    "onnx": "ONNX, float32",
}


@pytest.fixture(scope="module")
def edge():
    return json.loads(published("pipelines/edge/metrics/edge.json"))


@pytest.fixture(scope="module")
def lock():
    return yaml.safe_load(published("dvc.lock"))["stages"]


def test_the_figures_are_of_the_committed_weights(edge, lock):
    recorded = {
        out["path"]: out["md5"]
        for name, stage in lock.items()
        if name.startswith("train_")
        for out in stage["outs"]
    }
    assert edge["runs"]
    for run, digest in edge["runs"].items():
        assert digest == recorded[f"data/models/{run}"], f"{run}: run make edge again"


def test_the_pipeline_s_own_lock_is_of_the_committed_weights_too(lock):
    stages = yaml.safe_load(published("pipelines/edge/dvc.lock"))["stages"]
    (root,) = (dep["md5"] for dep in lock["evaluate"]["deps"] if dep["path"] == "data/models")
    for name in ("export", "verify"):
        deps = {dep["path"]: dep["md5"] for dep in stages[name]["deps"]}
        assert deps["../../data/models"] == root, f"{name} is stale: run make edge again"


def test_int8_is_as_small_and_as_right_as_is_asked_of_it(edge):
    files = edge["files"]
    for name, most in {"ann": 700_000, "cnn": 120_000}.items():
        for form in ("int8", "dynamic_int8"):
            assert files[name][form]["bytes"] <= most
            loss = files[name]["pytorch"]["accuracy"] - files[name][form]["accuracy"]
            assert loss <= 0.0005
    assert files["cnn_ensemble"]["fp32"]["bytes"] <= 1_500_000
    for forms in files.values():
        assert forms["fp32"]["agreement"] == forms["onnx"]["agreement"] == 1


def table(edge):
    """Return the table of the handbook, from the figures."""
    for form, words in ROWS.items():
        cells = [words]
        for name in COLUMNS:
            one = edge["files"][name][form]
            size, milliseconds = one["bytes"] / 1000, one["latency_ms"]
            cells.append(f"{one['errors']} errors, {size:,.0f} kB, {milliseconds:.2f} ms")
        yield f"| {' | '.join(cells)} |"


def test_the_readme_s_table_is_what_was_measured(edge):
    rows = list(table(edge))
    assert all(row in handbook() for row in rows), "\n".join(rows)


def test_the_readme_s_prose_is_what_was_measured(edge):
    params = yaml.safe_load(published("pipelines/edge/params.yaml"))["edge"]
    files, prose = edge["files"], " ".join(handbook().split())
    weights, whole = (
        [each["fp32"]["bytes"] / each[form]["bytes"] for each in files.values()]
        for form in ("dynamic_int8", "int8")
    )
    cost = [
        abs(each[form]["errors"] - each["pytorch"]["errors"])
        for each in files.values()
        for form in ("dynamic_int8", "int8")
    ]

    def took(name, form):
        return f"{files[name][form]['latency_ms']:.2f} ms"

    claims = [
        f"networks of seed {params['seed']}",
        f"Weights of 8 bits make a file {min(weights):.1f} to {max(weights):.1f} times smaller",
        f"all in int8 {min(whole):.1f} to {max(whole):.1f} times",
        f"cost at most {max(cost)} error{'s' * (max(cost) != 1)} in 10,000, more or less",
        f"the CNN answers in {took('cnn', 'fp32')} in float32, {took('cnn', 'dynamic_int8')} with "
        f"int8 weights and {took('cnn', 'int8')} all in int8, and the ANN in "
        f"{took('ann', 'fp32')}, {took('ann', 'dynamic_int8')} and {took('ann', 'int8')}",
    ]
    # "Smaller is not always faster"
    for form in ("dynamic_int8", "int8"):
        for name in ("cnn", "cnn_ensemble"):
            assert files[name][form]["latency_ms"] > files[name]["fp32"]["latency_ms"]
    missing = [claim for claim in claims if claim not in prose]
    assert not missing, missing


def test_the_names_of_the_files_are_those_of_the_pipeline(edge):
    page = published("docs/phone.md")
    assert "where NAME is `ann`, `cnn` or `cnn_ensemble`" in " ".join(page.split())
    assert set(edge["files"]) == set(COLUMNS)
    named = set(re.findall(r"`NAME([\w.]+)`", page))
    assert named == set(exported.FORMATS.values())
    assert f"`unzip -p {exported.MODELS}/cnn{exported.FORMATS['int8']} metadata.json`" in page
