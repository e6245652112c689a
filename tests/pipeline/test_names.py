"""What code takes from another of our modules is there, also where no test runs it.

ruff looks at one file at a time, and some code runs only where Ray or a GPU is.
"""

import ast
from functools import cache

import pytest

from helpers import ROOT
from imported import STAGES_FOLDER

FOLDERS = ("stages", "pipelines", "benchmarks", "tests")
BASES = (ROOT, STAGES_FOLDER, ROOT / "benchmarks", ROOT / "tests")
PROVIDED = {"__file__", "__name__", "__doc__", "__path__", "__dict__"}  # by Python, to all modules


def sources(folder):
    for path in sorted((ROOT / folder).rglob("*.py")):
        if not {".venv", "node_modules", "build"} & set(path.relative_to(ROOT).parts):
            yield path


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def found(name):
    """Return the file, or the folder, of a module of ours; None for one of others."""
    places = [base.joinpath(*name.split(".")) for base in BASES]
    files = [place.with_suffix(".py") for place in places if place.with_suffix(".py").is_file()]
    folders = [place for place in places if (place / "__init__.py").is_file()]
    return next(iter([*files, *folders]), None)


def taken(path):
    """Yield (module, attribute, line) for each of our modules' attributes that a file names."""
    names = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {one.asname: one.name for one in node.names if one.asname}
            names |= {one.name: one.name for one in node.names if "." not in one.name}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for one in node.names:
                whole = f"{node.module}.{one.name}"
                if found(whole):
                    names[one.asname or one.name] = whole
                else:
                    yield node.module, one.name, node.lineno
    # A name that the file gives to something else as well is not only the module.
    own = {n.id for n in ast.walk(tree(path)) if isinstance(n, ast.Name) and stored(n)}
    own |= {n.arg for n in ast.walk(tree(path)) if isinstance(n, ast.arg)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = node.value.id
            if name in names and name not in own and not stored(node):
                yield names[name], node.attr, node.lineno


def stored(node):
    return isinstance(node.ctx, ast.Store)


def of_the_module(node):
    """Yield the nodes of a module that its import runs, without the insides of its functions."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            yield from of_the_module(child)


@cache
def defined(path):
    """Return the names that a module has after its import; for a package, its modules as well."""
    if path.is_dir():
        return {one.stem for one in path.iterdir()} | defined(path / "__init__.py")
    names = set()
    for node in of_the_module(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and stored(node):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {one.asname or one.name.split(".")[0] for one in node.names}
    return names


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_code_takes_from_our_modules_is_there(folder):
    missing = [
        f"{path.relative_to(ROOT)}, line {line}: {module}.{name}"
        for path in sources(folder)
        for module, name, line in taken(path)
        if found(module) and name not in defined(found(module)) | PROVIDED
    ]
    assert not missing


def test_a_name_that_is_not_there_is_found(tmp_path):
    path = tmp_path / "new.py"
    path.write_text("from mnist.training import job\njob.configure(1)\njob.configuration(2)\n")
    attributes = [attribute for _, attribute, _ in taken(path)]
    assert attributes == ["configure", "configuration"]
    assert "configure" in defined(found("mnist.training.job"))
    assert "configuration" not in defined(found("mnist.training.job"))
