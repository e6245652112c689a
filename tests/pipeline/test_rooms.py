"""The rooms of the shared package are those of the plan, and know only what they may."""

import ast
import sys

import pytest

from helpers import ROOT, run
from imported import PACKAGE, STAGES_FOLDER, imports

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
        known = {file.split("/")[2] for file in imports(path)} - {room}
        assert known <= MAY_KNOW[room] | ALSO.get(name, set()), name
        roots = {
            node.module.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module
        }
        assert not roots & {path.stem for path in STAGES_FOLDER.glob("*.py")}, (
            f"{name} imports a stage"
        )


def test_files_and_rooms_stay_small():
    long = [p for p in STAGES_FOLDER.rglob("*.py") if len(p.read_text().splitlines()) > 200]
    assert long == []
    for room in [*ROOMS, "evaluation/corruptions", "plots/page", "plots/scaling"]:
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
