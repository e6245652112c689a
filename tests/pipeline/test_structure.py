"""What dvc.yaml declares is what the stages and their code say."""

import inspect
import shutil
from importlib import import_module

import pytest
import yaml

from helpers import ROOT, run
from imported import EXEMPT, STAGES_FOLDER, imports, reached

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
STAGES = PIPELINE["stages"]


def test_the_scripts_are_exactly_the_stages():
    assert {path.stem for path in STAGES_FOLDER.glob("*.py")} == STAGES.keys()


@pytest.mark.parametrize("name", sorted(STAGES.keys() - {"check"}))
def test_a_stage_declares_the_code_that_it_reaches_and_no_other(name):
    script = STAGES_FOLDER / f"{name}.py"
    declared = {dep for dep in STAGES[name]["deps"] if dep.startswith("stages/")}
    assert f"stages/{name}.py" in declared
    code = reached(script)
    for file in code - EXEMPT:
        assert any(file == dep or file.startswith(f"{dep}/") for dep in declared), file
    for dep in declared - {f"stages/{name}.py"}:
        assert any(file == dep or file.startswith(f"{dep}/") for file in code), f"{dep} is not used"
        assert (ROOT / dep).exists()


def test_check_leaves_the_same_whatever_the_code():
    outputs = [next(iter(out)) for out in STAGES["check"]["outs"]]
    assert outputs == ["data/checked", "data/custom"]
    assert (ROOT / "data" / "checked").read_text() == "params.yaml is accepted\n"
    assert STAGES["check"]["params"] == [{"params.yaml": None}]


def test_what_is_exempt_imports_nothing_that_computes():
    for file in EXEMPT:
        assert imports(file) <= EXEMPT, file


@pytest.mark.parametrize("model", ["ann", "cnn"])
def test_training_depends_on_single_files_of_shared_rooms_and_on_no_other_model(model):
    declared = set(STAGES[f"train_{model}"]["deps"])
    other = {"ann": "cnn", "cnn": "ann"}[model]
    assert not {f"stages/mnist/{room}" for room in ("core", "data", "models", "plots")} & declared
    assert f"stages/mnist/models/{other}.py" not in declared


@pytest.mark.parametrize("model", ["ann", "cnn"])
def test_a_checkpoint_knows_the_code_that_its_stage_declares(model):
    from mnist.training import job

    architecture = import_module(f"mnist.models.{model}")
    known = {module.__file__ for module in [architecture, job, *job.CODE]}
    script = STAGES_FOLDER / f"train_{model}.py"
    assert known == {str(ROOT / file) for file in reached(script) - EXEMPT}


@pytest.mark.parametrize("name", sorted(STAGES.keys() - {"check"}))
def test_a_stage_declares_the_sections_that_its_main_takes(name):
    arguments = set(inspect.signature(import_module(name).main).parameters) - {"models"}
    own = (
        {"images", "json", "model", "show"}
        if name == "predict"
        else set(STAGES[name].get("matrix", {}))
    )
    assert arguments == set(STAGES[name]["params"]) | own


def test_no_text_of_a_parameter_reaches_a_shell_but_as_an_argument_that_dvc_quotes():
    for name, stage in STAGES.items():
        assert stage["cmd"] in (f"python stages/{name}.py", f"python stages/{name}.py ${{item}}")


def test_only_stages_that_report_may_read_the_test_set():
    whole = {"data/prepared", "data/prepared/test.npz", "data/test.npz", "metrics/test.json"}
    for name, stage in STAGES.items():
        assert not whole & set(stage["deps"]) or name in {"evaluate", "generalize", "visualize"}


def test_no_train_stage_has_an_output_that_switches_the_run_cache_off():
    for name in ("fetch", "fetch_others", "train_ann", "train_cnn"):
        assert all(isinstance(out, str) for out in STAGES[name]["outs"])


def test_the_twins_differ_in_nothing_but_the_model():
    scripts = [(STAGES_FOLDER / f"train_{name}.py").read_text() for name in ("ann", "cnn")]
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
        name, settings = (plot, {}) if isinstance(plot, str) else next(iter(plot.items()))
        for path in settings.get("y") or [name]:
            assert any(path == out or path.startswith(f"{out}/") for out in made), path
    assert set(PIPELINE["metrics"]) <= made


def test_the_artifacts_are_weights_of_the_models():
    for name, artifact in PIPELINE["artifacts"].items():
        assert artifact["path"] == f"data/models/{name}/0/weights.pt"
        assert artifact["type"] == "model" and artifact["desc"] and artifact["labels"]


def test_a_copy_without_git_history_is_told_what_to_do(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    said = run("make", cwd=tmp_path, ok=False)
    assert "this copy has no git history, which DVC needs; use git clone" in said
    assert "fatal" not in said and not (tmp_path / ".venv").exists()
