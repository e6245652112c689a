"""What params.yaml may hold: refused here, in a line, before any stage imports something heavy.

This module only refuses and never alters a value. Editing it can therefore change no result,
and no stage in dvc.yaml depends on it.
"""

import yaml

from mnist.errors import Refused


def whole(low, high):
    """Accept whole numbers from low to high."""
    return (
        f"a whole number from {low} to {high}",
        lambda v: type(v) is int and low <= v <= high,
    )


def number(low, high):
    """Accept finite numbers from low to high."""
    return (
        f"a number from {low} to {high}",
        lambda v: type(v) in (int, float) and low <= v <= high,
    )


def below(low, high):
    """Accept finite numbers from low up to, but not including, high."""
    return (
        f"a number from {low} to below {high}",
        lambda v: type(v) in (int, float) and low <= v < high,
    )


def one_of(*choices):
    """Accept one of the given texts."""
    return "one of " + ", ".join(choices), lambda v: isinstance(v, str) and v in choices


def several(fewest, most, rule, unique=False):
    """Accept a list of fewest to most values that each pass the rule."""
    expected, accepts = rule
    return (
        f"a list of {fewest} to {most} values{', all different' * unique}, each {expected}",
        lambda v: (
            isinstance(v, list)
            and fewest <= len(v) <= most
            and all(map(accepts, v))
            and (not unique or len(set(v)) == len(v))
        ),
    )


SEED = whole(0, 2**32 - 1)  # what both NumPy and torch accept


def model(widths):
    """Return the rules of a model's section; both models have the same keys."""
    return {
        "widths": widths,
        "dropout": below(0, 1),
        "epochs": whole(1, 10_000),
        "batch_size": whole(2, 65_536),  # BatchNorm cannot learn from a batch of one
        "learning_rate": number(1e-6, 10),
        "weight_decay": number(0, 10),
        "label_smoothing": below(0, 1),
        "averaging": below(0, 1),
    }


TABLE = {
    "seeds": several(1, 100, SEED, unique=True),
    "fetch": {"dataset": one_of("mnist", "optdigits")},
    "preprocess": {"validation": number(0.01, 0.5), "seed": SEED},
    "compute": {"device": one_of("cpu", "cuda", "mps", "auto"), "threads": whole(1, 1024)},
    "augment": {
        "rotation": number(0, 180),
        "shift": number(0, 14),
        "scale": below(0, 1),
        "shear": number(0, 2),
        "noise": number(0, 1),
    },
    "ann": model(several(1, 8, whole(1, 16_384))),
    "cnn": model(several(3, 3, whole(1, 1024))),
}


def problems(values, table=TABLE, prefix=""):
    """Yield one phrase for each way in which the values differ from what the table accepts."""
    if not isinstance(values, dict):
        name = prefix.rstrip(".") or "params.yaml"
        yield f"{name} is {values!r}, expected the keys {', '.join(table)}"
        return
    for key in values.keys() - table.keys():
        yield f"{prefix}{key} is unknown, expected one of {', '.join(table)}"
    for key, rule in table.items():
        name = f"{prefix}{key}"
        if key not in values:
            yield f"{name} is missing"
        elif isinstance(rule, dict):
            yield from problems(values[key], rule, f"{name}.")
        elif not rule[1](values[key]):
            yield f"{name} is {values[key]!r}, expected {rule[0]}{hint(values[key])}"


def hint(value):
    """Return advice on what YAML reads as text although it looks like a number, such as 1e-3."""
    try:
        if not isinstance(value, str):
            return ""
        return f" (YAML reads it as text; write it as {float(value):.12f}".rstrip("0") + ")"
    except ValueError:
        return ""


def load(path="params.yaml"):
    """Return the content of params.yaml, a dict of sections.

    Raises Refused, with the full name of every key that is wrong and what was expected.
    """
    try:
        with open(path, encoding="utf-8") as file:
            values = yaml.safe_load(file)
    except FileNotFoundError:
        raise Refused(f"{path} is not here; run from the folder that holds dvc.yaml") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refused(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    if found := sorted(problems(values)):
        advice = "mend params.yaml ('git checkout params.yaml' undoes an experiment's change)"
        raise Refused(f"{'; '.join(found)}; {advice}")
    return values
