"""Which files of the shared package a file of it, or a stage, imports."""

import ast

from helpers import ROOT

STAGES_FOLDER = ROOT / "stages"
PACKAGE = STAGES_FOLDER / "mnist"


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
