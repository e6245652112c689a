"""Each pipeline in pipelines/ is a DVC repository of its own, and says what it uses."""

import ast
import re

import pytest
import yaml

from helpers import ROOT, run
from imported import EXEMPT, imports, reached

FOLDERS = sorted(path.parent for path in ROOT.glob("pipelines/*/dvc.yaml"))
# Imported by name, mnist.models.weights.architecture, so that no import tells.
WEIGHTS = "stages/mnist/models/weights.py"
ARCHITECTURES = {f"stages/mnist/models/{name}.py" for name in ("ann", "cnn")}
STAGES = [
    (folder, name, stage)
    for folder in FOLDERS
    for name, stage in yaml.safe_load((folder / "dvc.yaml").read_text())["stages"].items()
]
IDS = [f"{folder.name}-{name}" for folder, name, _ in STAGES]


def written(folder):
    """Return our own Python files in a folder: no environment, build or package of npm's."""
    made = {".venv", "build", "node_modules"}
    return [path for path in folder.rglob("*.py") if not made & set(path.parts)]


def declared(folder, stage):
    """Return the dependencies of a stage, relative to the root, as files and folders."""
    paths = ((folder / dep).resolve() for dep in stage["deps"])
    return {path.relative_to(ROOT.resolve()).as_posix() for path in paths}


def test_there_are_pipelines():
    assert FOLDERS


@pytest.mark.parametrize(("folder", "name", "stage"), STAGES, ids=IDS)
def test_a_stage_declares_the_code_that_it_reaches_and_no_other(folder, name, stage):
    scripts = re.findall(rf"pipelines\.{folder.name}\.(\w+)", stage["cmd"])
    started = {
        match
        for file in folder.glob("*.py")
        for match in re.findall(rf'"-m", "pipelines\.{folder.name}\.(\w+)"', file.read_text())
        if file.stem in scripts
    }
    paths = {folder / f"{script}.py" for script in {*scripts, *started}}
    code = {path.relative_to(ROOT).as_posix() for path in paths}.union(*map(reached, paths))
    given = declared(folder, stage)
    if WEIGHTS in code:  # which imports the architecture that a file of weights names
        code |= ARCHITECTURES
    assert code - EXEMPT <= given, sorted(code - EXEMPT - given)
    extra = {dep for dep in given if dep.endswith(".py")} - code
    assert not extra
    # Python's __pycache__ would be recorded with a folder of code.
    for dep in given:
        assert not (ROOT / dep).is_dir() or not written(ROOT / dep), dep


@pytest.mark.parametrize(("folder", "name", "stage"), STAGES, ids=IDS)
def test_a_stage_runs_from_the_root_and_leaves_no_bytecode(folder, name, stage):
    start = f"cd ../.. && PYTHONPATH=stages python -B -m pipelines.{folder.name}."
    assert stage["cmd"].startswith(start)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_pipeline_is_a_repository_of_its_own_with_a_command_of_its_name(folder):
    tracked = run("git", "ls-files", "-co", "--exclude-standard", str(folder), cwd=ROOT).split()
    names = {path.partition(f"{folder.name}/")[2] for path in tracked}
    assert {".dvc/config", ".dvc/.gitignore", ".dvcignore", "dvc.lock", "params.yaml"} <= names
    assert re.search(rf"^{folder.name}:", (ROOT / "Makefile").read_text(), re.M)
    assert f"make {folder.name} " in (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_its_files_stay_small_and_say_what_they_are(folder):
    for path in written(folder):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 200, path
        tree = ast.parse(text)
        assert ast.get_docstring(tree), path
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and node.name not in ("main", "options"):
                every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                assert node.returns is not None, f"{path}: {node.name}"
                assert all(each.annotation for each in every), f"{path}: {node.name}"


def test_the_root_depends_on_single_files_of_a_pipeline():
    """DVC leaves out a repository in a repository: of a folder in it, the digest would change."""
    for name, stage in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].items():
        for dep in stage.get("deps", ()):
            assert not dep.startswith("pipelines/") or (ROOT / dep).is_file(), f"{name}: {dep}"


def test_no_pipeline_knows_another():
    for folder in FOLDERS:
        others = tuple(f"pipelines/{other.name}/" for other in FOLDERS if other != folder)
        for path in written(folder):
            known = imports(path)
            assert not any(name.startswith(others) for name in known), path
