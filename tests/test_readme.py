"""README.md at HEAD says what metrics/ at HEAD say.

Both are read from git, so that the experiments of whoever runs this cannot break it.
"""

import json
import re
import statistics
import subprocess

import pytest

from conftest import ROOT, run

NAMES = {"ann": "ANN", "cnn": "CNN"}


def at_head(path):
    done = subprocess.run(["git", "show", f"HEAD:{path}"], cwd=ROOT, capture_output=True)
    if done.returncode:
        pytest.skip(f"{path} is not in git")
    return done.stdout.decode()


@pytest.fixture(scope="module")
def readme():
    return at_head("README.md")


@pytest.fixture(scope="module")
def metrics():
    names = ("test", "selection", "timings", "data")
    return {name: json.loads(at_head(f"metrics/{name}.json")) for name in names}


def row(label, cell):
    return f"| {label} | {cell('ann')} | {cell('cnn')} |"


def table(metrics):
    """Return the lines of the result table, from the figures."""
    test, timings = metrics["test"], metrics["timings"]

    def seconds(name):
        return statistics.median(run["seconds"] for run in timings[name].values())

    return [
        row("Test accuracy", lambda n: f"{test[n]['accuracy']:.2%}".replace("%", " %")),
        row(
            "95 % interval",
            lambda n: f"{100 * test[n]['low']:.2f} to {100 * test[n]['high']:.2f} %",
        ),
        row("Errors of 10,000", lambda n: f"{test[n]['errors']:.0f}"),
        row("Parameters", lambda n: f"{metrics['selection'][n]['parameters']:,}"),
        row("Training, one seed, two CPU cores", lambda n: f"{seconds(n):.0f} s"),
    ]


def sentences(metrics):
    """Return the claims of the prose, from the figures."""
    test, sizes = metrics["test"], metrics["selection"]
    pair = test["cnn_minus_ann"]
    fewer = test["ann"]["errors"] / test["cnn"]["errors"]
    smaller = sizes["ann"]["parameters"] / sizes["cnn"]["parameters"]
    seeds = len(metrics["timings"]["cnn"])
    assert pair["low"] > 0, "the interval no longer excludes zero: the answer must change"
    return [
        f"it errs {fewer:.1f} times less often, with {smaller:.0f} times fewer parameters",
        f"Means over {seeds} seeds",
        f"{100 * pair['low']:.2f} to {100 * pair['high']:.2f} points",
        f"right on {pair['only_ann_wrong']:.0f} digits that the ANN gets wrong",
        f"wrong on {pair['only_cnn_wrong']:.0f} that it gets right",
        *(
            f"{metrics['data'][part]['images']:,} {part}"
            for part in ("train", "validation", "test")
        ),
    ]


def test_the_table_is_the_metrics(readme, metrics):
    lines = table(metrics)
    assert all(line in readme for line in lines), "the table must be:\n" + "\n".join(lines)


def test_the_prose_is_the_metrics(readme, metrics):
    prose = " ".join(readme.split())
    missing = [claim for claim in sentences(metrics) if claim not in prose]
    assert not missing, f"README.md lacks: {missing}"


def test_the_picture_of_the_pipeline_is_dvc_s():
    shown = run("dvc", "dag", "--md", "--collapse-foreach-matrix", cwd=ROOT)
    picture = shown[shown.index("```mermaid") :].strip().replace("\t", "  ")
    assert picture in (ROOT / "README.md").read_text(encoding="utf-8"), picture


def test_the_tree_is_what_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```text\n(.*?)```", text, re.S)[1]
    named = re.findall(r"^(\s*)([\w./-]+)", block, re.M)
    listed = {path.strip("/") for indent, path in named if not indent}
    tracked = run("git", "ls-files", cwd=ROOT).split()
    top = {path.split("/")[0] for path in tracked}
    assert listed == top - {".gitignore", ".dvcignore"}
    modules = {path for path in tracked if re.fullmatch(r"stages/mnist/(?!__init__)\w+\.py", path)}
    assert {path for indent, path in named if indent} == {
        path.removeprefix("stages/") for path in modules
    }


def test_links_lead_somewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
