"""docs/reproducibility.md says what the figures of several processors say."""

import json

import yaml

import processors
from helpers import published, published_table
from mnist.core import params


def test_every_processor_gives_the_same_answer():
    settings = yaml.safe_load(published("params.yaml"))
    page = " ".join(published("docs/reproducibility.md").split())
    lines = published_table(processors.PATH.as_posix())
    here = processors.line(lambda path: json.loads(published(path)), settings)
    (committed,) = (each for each in lines.to_dict("records") if here.items() <= each.items())
    whose = "The committed figures are those of {machine}, {vectors}."
    assert whose.format(**committed) in page
    assert (lines["recipes"] == processors.recipes(settings)).all() and len(lines) >= 2
    test = json.loads(published("metrics/test.json"))
    for name in params.models(settings):
        assert lines[f"{name}_test"].between(test[name]["low"], test[name]["high"]).all()
    assert "within the intervals of the committed ones" in page
    number = {2: "two", 3: "three", 4: "four"}[len(lines)]
    assert f"On the {number} types of processor that were measured" in page
    assert (lines["difference_low"] > 0).all()
    assert "On each the CNN is ahead by more than chance" in page
