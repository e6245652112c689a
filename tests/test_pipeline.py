"""The pipeline's files agree with each other."""

import ast
import inspect
import subprocess
from importlib import import_module

import pytest
import yaml

from conftest import ROOT

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
STAGES = PIPELINE["stages"]
REFUSE_ONLY = {"errors", "params", "stage"}  # they refuse input but change no result


def imported(path):
    """Return the modules of the shared package that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "mnist":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mnist."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            assert not any(alias.name.startswith("mnist") for alias in node.names), path
    return found


def reached(path):
    """Return the modules of the shared package that a file imports, directly or not."""
    found, todo = set(), imported(path)
    while todo:
        module = todo.pop()
        found.add(module)
        todo |= imported(ROOT / "stages" / "mnist" / f"{module}.py") - found
    return found


def test_the_scripts_are_exactly_the_stages():
    assert {path.stem for path in (ROOT / "stages").glob("*.py")} == STAGES.keys()


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_depends_on_all_the_code_that_it_imports_and_on_no_other(name):
    script = ROOT / "stages" / f"{name}.py"
    code = {f"stages/mnist/{module}.py" for module in reached(script) - REFUSE_ONLY}
    declared = {dep for dep in STAGES[name]["deps"] if dep.startswith("stages/")}
    declared -= {"stages/mnist/report.html"} if "report" in reached(script) else set()
    assert declared == code | {f"stages/{name}.py"}


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_declares_the_sections_that_its_main_takes(name):
    arguments = set(inspect.signature(import_module(name).main).parameters)
    own = {"images", "json", "show"} if name == "predict" else set(STAGES[name].get("matrix", {}))
    assert arguments == set(STAGES[name]["params"]) | own


def test_modules_that_only_refuse_import_nothing_that_computes():
    for module in REFUSE_ONLY:
        assert imported(ROOT / "stages" / "mnist" / f"{module}.py") <= REFUSE_ONLY


def test_the_package_file_has_no_code_that_a_stage_would_depend_on():
    (only,) = ast.parse((ROOT / "stages" / "mnist" / "__init__.py").read_text()).body
    assert isinstance(only, ast.Expr) and isinstance(only.value, ast.Constant)


def test_only_stages_that_report_may_read_the_test_set():
    for name, stage in STAGES.items():
        whole = {"data/prepared", "data/prepared/test.npz", "data/test.npz", "metrics/test.json"}
        assert not whole & set(stage["deps"]) or name in {"evaluate", "generalize", "visualize"}


def test_no_train_stage_has_an_output_that_switches_the_run_cache_off():
    for name in ("fetch", "fetch_others", "train_ann", "train_cnn"):
        assert all(isinstance(out, str) for out in STAGES[name]["outs"])


def test_the_twins_differ_in_nothing_but_the_model():
    scripts = [(ROOT / "stages" / f"train_{name}.py").read_text() for name in ("ann", "cnn")]
    names = {"ann": "cnn", "ANN": "CNN", "multilayer perceptron": "convolutional network"}
    for mine, other in names.items():
        scripts[0] = scripts[0].replace(mine, other)
    assert scripts[0] == scripts[1]
    ann, cnn = (yaml.safe_dump(STAGES[f"train_{name}"]) for name in ("ann", "cnn"))
    assert sorted(ann.replace("ann", "cnn").split()) == sorted(cnn.split())


def test_what_is_drawn_and_measured_is_an_output_of_a_stage():
    made = set()
    for stage in STAGES.values():
        for out in stage["outs"]:
            made |= {out} if isinstance(out, str) else set(out)
    for plot in PIPELINE["plots"]:
        name, settings = (plot, None) if isinstance(plot, str) else next(iter(plot.items()))
        paths = settings["y"] if settings and isinstance(settings["y"], dict) else [name]
        assert all(path in made or path.rpartition("/")[0] in made for path in paths)
    assert set(PIPELINE["metrics"]) <= made


def test_generated_files_are_small():
    listed = subprocess.run(
        ["git", "ls-files", "plots", "metrics"], cwd=ROOT, text=True, capture_output=True
    ).stdout.split()
    assert sum((ROOT / name).stat().st_size for name in listed if (ROOT / name).exists()) < 2e6
