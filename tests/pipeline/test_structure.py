"""The house is as dvc.yaml and the list of rooms say."""

import ast
import inspect
import sys
from importlib import import_module

import pytest
import yaml

from helpers import ROOT, run

STAGES_FOLDER = ROOT / "stages"
PACKAGE = STAGES_FOLDER / "mnist"
PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
STAGES = PIPELINE["stages"]
ROOMS = ("core", "data", "models", "training", "photos", "evaluation", "plots")
MAY_KNOW = {  # besides itself
    "core": set(),
    "data": {"core"},
    "models": {"core", "data"},
    "training": {"core", "data", "models"},
    "photos": {"core"},
    "evaluation": {"core", "data", "models", "photos"},
    "plots": {"core"},
}
ALSO = {"photos/answers.py": {"models"}}
# What can only reject input or print: none of it can change what a stage leaves.
EXEMPT = {f"core/{name}.py" for name in ("command", "params", "accepted_values", "errors", "text")}
EXEMPT |= {"core/progress.py"}


def imports(path):
    """Return the files of the shared package, relative to it, that a file imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "mnist":
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.split(".")[0] == "mnist"]
        else:
            continue
        files = (PACKAGE.joinpath(*name.split(".")[1:]).with_suffix(".py") for name in names)
        found |= {file.relative_to(PACKAGE).as_posix() for file in files if file.is_file()}
    return found


def reached(path):
    """Return the files of the shared package that a file imports, directly or not."""
    found, todo = set(), imports(path)
    while todo:
        file = todo.pop()
        found.add(file)
        todo |= imports(PACKAGE / file) - found
    return found


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py"))


def test_the_rooms_are_those_of_the_plan():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders == set(ROOMS)
    assert [path.name for path in PACKAGE.glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_those_below_it(room):
    for path in (PACKAGE / room).rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        known = {file.split("/")[0] for file in imports(path)} - {room}
        assert known <= MAY_KNOW[room] | ALSO.get(name, set()), name
        roots = {
            node.module.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module
        }
        assert not roots & STAGES.keys(), f"{name} imports a stage"


def test_files_and_rooms_stay_small():
    long = [p for p in STAGES_FOLDER.rglob("*.py") if len(p.read_text().splitlines()) > 200]
    assert long == []
    for room in [*ROOMS, "evaluation/corruptions"]:
        files = [path for path in (PACKAGE / room).iterdir() if path.is_file()]
        assert len(files) <= 10, room
    assert len((ROOT / "dvc.yaml").read_text().splitlines()) < 220


def test_package_files_have_no_code_that_a_stage_would_depend_on():
    for path in PACKAGE.rglob("__init__.py"):
        (only,) = ast.parse(path.read_text(encoding="utf-8")).body
        assert isinstance(only, ast.Expr) and isinstance(only.value, ast.Constant), path


def test_public_functions_are_annotated():
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in [
            *tree.body,
            *(n for c in tree.body if isinstance(c, ast.ClassDef) for n in c.body),
        ]:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                bare = [a.arg for a in arguments if a.arg != "self" and a.annotation is None]
                where = f"{path.relative_to(PACKAGE)}: {node.name}"
                assert not bare and node.returns is not None, f"{where} {bare}"


def test_importing_the_package_sets_nothing():
    names = [
        ".".join(path.relative_to(STAGES_FOLDER).with_suffix("").parts)
        for path in modules()
        if path.name != "__init__.py"
    ]
    code = f"""
import importlib, matplotlib, os, sys, torch, warnings
def state():
    rc = {{k: v for k, v in matplotlib.rcParams.items() if k != "backend"}}
    backend = dict.__getitem__(matplotlib.rcParams, "backend")
    # scikit-learn sets two variables of OpenMP's, KMP_…, when it is imported.
    environment = {{k: v for k, v in os.environ.items() if not k.startswith("KMP_")}}
    more = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled(), environment
    return str([rc, backend, *more])
before = state()
for name in {names!r}:
    importlib.import_module(name)
print("changed" if state() != before else "unchanged")
"""
    assert run(sys.executable, "-c", code, cwd=STAGES_FOLDER).endswith("unchanged\n")


def test_the_scripts_are_exactly_the_stages():
    assert {path.stem for path in STAGES_FOLDER.glob("*.py")} == STAGES.keys()


@pytest.mark.parametrize("name", sorted(STAGES.keys() - {"check"}))
def test_a_stage_declares_the_code_that_it_reaches_and_no_other(name):
    script = STAGES_FOLDER / f"{name}.py"
    declared = {dep for dep in STAGES[name]["deps"] if dep.startswith("stages/")}
    assert f"stages/{name}.py" in declared
    code = {f"stages/mnist/{file}" for file in reached(script)}
    for file in code - {f"stages/mnist/{file}" for file in EXEMPT}:
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
        assert imports(PACKAGE / file) <= EXEMPT, file


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
    assert known == {str(PACKAGE / file) for file in reached(script) - EXEMPT}


@pytest.mark.parametrize("name", sorted(STAGES.keys() - {"check"}))
def test_a_stage_declares_the_sections_that_its_main_takes(name):
    arguments = set(inspect.signature(import_module(name).main).parameters) - {"models"}
    own = {"images", "json", "show"} if name == "predict" else set(STAGES[name].get("matrix", {}))
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
