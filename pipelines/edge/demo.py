"""Write demo.html: one page, complete in itself, on which anyone draws and the models answer.

It carries the exported models, LiteRT in WebAssembly and its own script, and asks for nothing else:
it opens from a file, without a network. What it needs from npm is installed in build/, each package
verified against the hash in demo/package-lock.json.
"""

import base64
import gzip
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mnist.core import command, files
from mnist.core.errors import InputError
from mnist.plots import style
from pipelines.edge import exported, preparation
from pipelines.edge.formats import card

SOURCES = exported.HERE / "demo"
BUILD = exported.HERE / "build"
PAGE = exported.HERE / "demo.html"
FORM = "dynamic_int8"  # the smallest files that every browser runs; see metrics/edge.json
# LiteRT's build for browsers without relaxed SIMD, such as Safari: the others run it as well.
LITERT = "node_modules/@litertjs/core/wasm/litert_wasm_compat_internal"
NAMES = {"mnist": "MNIST", "optdigits": "optdigits", "fashion_mnist": "Fashion-MNIST"}
DIGITS = list("0123456789")
AGAIN = "then run 'make edge' again"
INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]


def npm(arguments: Sequence[str], folder: Path) -> None:
    """Run npm in a folder; raise InputError, with what it complained of, where it fails."""
    program = shutil.which("npm")
    if program is None:
        raise InputError(f"npm is not here, which {PAGE} needs: install Node.js, {AGAIN}")
    line = [program, *arguments]
    environment = {**os.environ, "NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        line, cwd=folder, env=environment, capture_output=True, text=True, errors="replace"
    )
    if done.returncode == 0:
        return
    said = [each.removeprefix("npm error").strip() for each in done.stderr.splitlines()]
    told = [each for each in said if each and "complete log" not in each][:3]
    # A code of npm comes first, as in "code ENOTFOUND", and then a sentence.
    reason = "; ".join(told) or f"it ended with {done.returncode}"
    advice = "connect to a network, or name a registry: npm_config_registry=https://host/ make edge"
    what = advice if arguments[0] == "ci" else f"mend it, {AGAIN}"
    raise InputError(f"npm {arguments[0]} failed for {PAGE}: {reason}; {what}")


def built(folder: Path) -> str:
    """Return the page's script, bundled in a folder, where LiteRT is then to be found, too."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in [*SOURCES.glob("package*.json"), *SOURCES.glob("*.js")]:
        shutil.copy2(path, folder)
    npm(INSTALL, folder)
    npm(["run", "--silent", "bundle"], folder)
    return (folder / "bundle.js").read_text(encoding="utf-8").strip()


def described(path: Path, colours: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page must know of an exported model, a file; colours are those of models."""
    about = card.read(path)
    several = about["name"] != about["model"]
    title = style.title(about["model"]) + (f" × {len(about['seeds'])}" if several else "")
    kept = ("name", "labels", "validation_accuracy", "unsure_below")
    return {
        **{key: about[key] for key in kept},
        "title": title,
        "colour": colours[about["model"]],
        "bytes": path.stat().st_size,
        "dataset": about["dataset"],
    }


def element(name: str, kind: str, content: str) -> str:
    """Return an element that a browser does not run, whose text the page's script reads."""
    return f'<script type="{kind}" id="{name}">{content}</script>'


def plain(name: str, values: Any) -> str:
    """Return an element with JSON in it."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    return element(name, "application/json", text)


def packed(name: str, content: bytes) -> str:
    """Return an element with bytes in it, compressed; the same for the same bytes."""
    text = base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
    return element(name, "text/plain", text)


def allowed(text: str) -> str:
    """Return what names an inline script or style in a content security policy: its hash."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(script: str, css: str) -> str:
    """Return a content security policy under which the page can ask nobody for anything."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {allowed(script)} 'wasm-unsafe-eval' blob:",  # LiteRT starts from a blob
            f"style-src {allowed(css)}",
            "img-src blob: data:",
            "media-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def page(paths: Sequence[Path], colours: Mapping[str, str], build: Path = BUILD) -> bytes:
    """Return the page for exported models, in order; build is a folder that is overwritten.

    Raises InputError where a model or npm is missing, or not as it should be.
    """
    models = [described(path, colours) for path in paths]
    if any(model["labels"] != DIGITS for model in models):
        learnt = NAMES.get(models[0]["dataset"], models[0]["dataset"])
        raise InputError(
            f"{PAGE} is for digits, and the models learnt {learnt}; their files are in "
            f"{exported.MODELS}"
        )
    script = built(build)
    css, template, licences = (
        (SOURCES / name).read_text(encoding="utf-8").strip()
        for name in ("style.css", "index.html", "licences.txt")
    )
    contents = {
        "litert-script": Path(f"{build / LITERT}.js").read_bytes(),
        "litert-wasm": Path(f"{build / LITERT}.wasm").read_bytes(),
        **{f"model-{i}": path.read_bytes() for i, path in enumerate(paths)},
    }
    facts = plain("constants", preparation.constants()) + "\n" + plain("models", models)
    parts = {
        "POLICY": policy(script, css),
        "<style></style>": f"<style>{css}</style>",
        "<!-- LICENCES -->": f"<!--\n{licences}\n-->",
        "DATASET": NAMES.get(models[0]["dataset"], models[0]["dataset"]),
        "<!-- FACTS -->": facts,
        "<script></script>": f"<script>{script}</script>",
        "<!-- PACKED -->": "\n".join(packed(*each) for each in contents.items()),
    }
    for mark, part in parts.items():
        before, found, after = template.partition(mark)
        if not found:
            raise ValueError(f"{SOURCES}/index.html has no {mark}")
        template = before + part + after
    return (template + "\n").encode()


def main(seeds, models, edge):
    """Write pipelines/edge/demo.html, for the models and ensembles that are exported."""
    subjects = exported.subjects(models, seeds, edge)
    paths = [subject.path(FORM) for subject in subjects]
    content = page(paths, style.colours(models))
    files.write(PAGE, content)
    print(f"{PAGE} has {len(content) / 1e6:.1f} MB; open it in a browser")


if __name__ == "__main__":
    command.run(main, others={exported.PARAMS: exported.ACCEPTED})
