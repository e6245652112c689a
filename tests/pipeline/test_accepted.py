"""docs/pipeline.md says what each parameter accepts."""

import re

import check
from helpers import ROOT
from mnist.models import weights
from mnist.training import job

MODELS = "ann", "cnn"
WORDS = {  # where a machine or an own data set changes what is accepted
    "fetch.dataset": "the name of a data set in stages/mnist/data/datasets.py",
    "compute.threads": "a whole number from 1 to four per core",
    "compute.processes": "a whole number from 1 to four per core",
}


def accepted():
    """Return {key as the page names it: what it accepts, in words}."""
    found = {}
    for section, table in check.TABLES.items():
        keys = table if isinstance(table, dict) else {"": table}
        found |= {f"{section}.{key}".strip("."): each.words() for key, each in keys.items()}
    ann, cnn = (job.tables(weights.architecture(model))[model] for model in MODELS)
    for key in ann | cnn:
        if ann.get(key) == cnn.get(key):
            found[f"MODEL.{key}"] = ann[key].words()
        else:
            both = {f"ann.{key}": ann.get(key), f"cnn.{key}": cnn.get(key)}
            found |= {name: each.words() for name, each in both.items() if each}
    return found | WORDS


def test_the_handbook_says_what_each_parameter_accepts():
    page = (ROOT / "docs" / "pipeline.md").read_text(encoding="utf-8")
    table = page.partition("| Key | Accepts |\n|---|---|\n")[2].partition("\n\n")[0]
    assert dict(re.findall(r"^\| `(.+)` \| (.+) \|$", table, re.MULTILINE)) == accepted()
