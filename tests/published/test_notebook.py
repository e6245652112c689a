"""The notebook runs from top to bottom, and its outputs are those of the committed figures."""

import json

import pytest

from helpers import PUBLISHED, ROOT, published

PATH = "notebooks/cnn_vs_ann.ipynb"


def cells():
    """Return the notebook's cells of code, as committed."""
    return [c for c in json.loads(published(PATH))["cells"] if c["cell_type"] == "code"]


def text(cell):
    """Return what a cell printed or returned, in words."""
    words = ""
    for output in cell["outputs"]:
        data = output.get("data", {})
        each = output.get("text") or data.get("text/markdown") or data.get("text/plain", "")
        words += each if isinstance(each, str) else "".join(each)
    return words


def test_the_committed_notebook_was_run_in_order_without_an_error():
    found = cells()
    assert [cell["execution_count"] for cell in found] == list(range(1, len(found) + 1))
    assert all(o["output_type"] != "error" for cell in found for o in cell["outputs"])
    assert sum("image/png" in o.get("data", {}) for c in found for o in c["outputs"]) >= 6


def test_it_imports_the_project_and_writes_none_of_its_figures():
    code = "\n".join("".join(cell["source"]) for cell in cells())
    assert code.count("from mnist.") > 5
    metrics = json.loads(published("metrics/test.json"))
    prose = "".join("".join(c["source"]) for c in json.loads(published(PATH))["cells"])
    for model in ("ann", "cnn"):
        assert f"{100 * metrics[model]['accuracy']:.2f}" not in prose


def test_it_runs_and_its_outputs_are_those_of_the_committed_figures(monkeypatch):
    pytest.importorskip("nbclient", reason="needs notebooks/requirements.txt")
    import nbformat

    import run_notebook

    monkeypatch.setenv("REVISION", PUBLISHED)
    monkeypatch.chdir(ROOT)
    found = run_notebook.executed(nbformat.reads(published(PATH), 4), timeout=110)
    again = [cell for cell in found.cells if cell["cell_type"] == "code"]
    tagged = 0
    for before, after in zip(cells(), again, strict=True):
        if "figures" in before["metadata"].get("tags", []):
            assert text(after) == text(before), "run benchmarks/run_notebook.py"
            tagged += 1
    assert tagged > 8
