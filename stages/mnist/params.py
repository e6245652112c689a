"""What params.yaml may hold: refused here, in a line, before any stage imports something heavy.

This module only refuses and never alters a value. Editing it can therefore change no result,
and no stage in dvc.yaml depends on it.
"""

import re

import yaml

from mnist.errors import Refused


class Loader(yaml.SafeLoader):
    """A YAML reader for which 5e-05 is a number, as it is for DVC, which writes it so."""


NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+")  # YAML 1.2, section 10.3.2
Loader.add_implicit_resolver("tag:yaml.org,2002:float", NUMBER, list("-+0123456789"))

# A rule is what is expected, in words, and a function that tells whether a value is that.


def whole(low, high):
    """Accept whole numbers from low to high."""
    return f"a whole number from {low} to {high}", lambda v: type(v) is int and low <= v <= high


def number(low, high):
    """Accept numbers from low to high."""
    return f"a number from {low} to {high}", lambda v: type(v) in (int, float) and low <= v <= high


def below(high):
    """Accept numbers from 0 up to, but not including, high."""
    return f"a number from 0 to below {high}", lambda v: type(v) in (int, float) and 0 <= v < high


def one_of(*choices):
    """Accept one of the given texts."""
    return "one of " + ", ".join(choices), lambda v: isinstance(v, str) and v in choices


def truth():
    """Accept true and false."""
    return "true or false", lambda v: type(v) is bool


def text():
    """Accept texts that are not empty."""
    return "a text", lambda v: isinstance(v, str) and v.strip() != ""


def several(fewest, most, rule):
    """Accept a list of fewest to most values, each of which the rule accepts."""
    count = fewest if fewest == most else f"{fewest} to {most}"
    words = f"a list of {count} values, each {rule[0]}"
    return words, lambda v: type(v) is list and fewest <= len(v) <= most and all(map(rule[1], v))


def different(rule):
    """Accept a list that the rule accepts and that has no value twice."""
    return f"{rule[0]}, all different", lambda v: rule[1](v) and len(set(v)) == len(v)


SEED = whole(0, 2**32 - 1)  # what both NumPy and torch accept
RECIPE = {  # the same keys for both models
    "dropout": below(1),
    "epochs": whole(1, 10_000),
    "batch_size": whole(2, 65_536),  # BatchNorm cannot learn from a batch of one
    "learning_rate": number(1e-6, 10),
    "weight_decay": number(0, 10),
    "label_smoothing": below(1),
    "averaging": below(1),
}
TABLE = {
    "seeds": different(several(1, 100, SEED)),
    "fetch": {"dataset": one_of("mnist", "optdigits")},
    "preprocess": {"validation": number(0.01, 0.5), "seed": SEED},
    "compute": {
        "device": one_of("cpu", "cuda", "mps", "auto"),
        "threads": whole(1, 1024),
        "deterministic": truth(),
    },
    "augment": {
        "ones": number(0, 1),
        "rotation": number(0, 180),
        "shift": number(0, 14),
        "scale": below(1),
        "shear": number(0, 2),
        "elastic": number(0, 14),
        "stroke": number(0, 1),
        "noise": number(0, 1),
    },
    "generalize": {"images": whole(40, 10_000), "others": different(several(0, 100, text()))},
    "ann": {"widths": several(1, 8, whole(1, 16_384)), **RECIPE},
    "cnn": {"widths": several(4, 4, whole(1, 1024)), **RECIPE},
}


def problems(value, rule=TABLE, name=""):
    """Yield a phrase for every way in which a value differs from its rule, or table of rules."""
    if not isinstance(rule, dict):
        if not rule[1](value):
            yield f"{name} is {value!r}, expected {rule[0]}"
    elif not isinstance(value, dict):
        yield f"{name or 'params.yaml'} is {value!r}, expected the keys {', '.join(rule)}"
    else:
        prefix = f"{name}." if name else ""
        for key in value.keys() - rule.keys():
            yield f"{prefix}{key} is unknown, expected one of {', '.join(rule)}"
        for key in rule.keys() - value.keys():
            yield f"{prefix}{key} is missing"
        for key in rule.keys() & value.keys():
            yield from problems(value[key], rule[key], f"{prefix}{key}")


def load(path="params.yaml"):
    """Return the content of params.yaml, a dict of sections.

    Raises Refused, with the full name of every key that is wrong and what was expected.
    """
    try:
        with open(path, encoding="utf-8") as file:
            values = yaml.load(file, Loader)
    except FileNotFoundError:
        raise Refused(f"{path} is not here; run from the folder that holds dvc.yaml") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refused(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    if found := sorted(problems(values)):
        advice = "mend params.yaml ('git checkout params.yaml' undoes an experiment's change)"
        raise Refused(f"{'; '.join(found)}; {advice}")
    return values
