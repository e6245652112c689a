"""Which of our own files a file imports; all paths are relative to the root."""

import ast

from helpers import ROOT

STAGES_FOLDER = ROOT / "stages"
PACKAGE = STAGES_FOLDER / "mnist"
# What can only reject input or print: none of it can change what a stage leaves.
EXEMPT = {
    f"stages/mnist/core/{name}.py"
    for name in ("command", "params", "accepted_values", "errors", "text", "progress")
}


def imports(path):
    """Return the files that a file imports anywhere."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    files = (
        base.joinpath(*name.split(".")).with_suffix(".py")
        for name in names - {""}
        for base in (ROOT, STAGES_FOLDER)
    )
    return {file.relative_to(ROOT).as_posix() for file in files if file.is_file()}


def reached(path):
    """Return the files that a file imports, directly or not."""
    found, todo = set(), imports(path)
    while todo:
        file = todo.pop()
        found.add(file)
        todo |= imports(file) - found
    return found
