"""What a search may try: ranges and choices, inside what the project accepts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mnist.core import text
from mnist.core.accepted_values import SEED, Accepted, several, whole
from mnist.core.errors import InputError

PARAMS = Path("pipelines/cluster/params.yaml")
ACCEPTED = {
    "trials": whole(2, 10_000),
    "epochs": whole(1, 10_000),
    "images": whole(20, 60_000),
    "concurrent": whole(1, 10_000),
    "seed": SEED,
    "confirm": several(1, 100, SEED, distinct=True),
}
SCALES = "log", "linear"

Range = Mapping[str, Any]  # {low, high, scale} or {choices}
Space = Mapping[str, Range]  # {parameter: what may be tried}


def problem(values: Any, accepted: Accepted) -> str | None:
    """Return what is wrong with the range of a parameter that may be accepted values, or None."""
    if not isinstance(values, dict):
        return "expected {low, high, scale} or {choices}"
    if set(values) == {"choices"}:
        choices = values["choices"]
        if not isinstance(choices, list) or not choices:
            return "expected a list of choices"
        wrong = [each for each in choices if not accepted.holds(each)]
        return f"has {text.shown(wrong[0])}, expected {accepted.words()}" if wrong else None
    if set(values) != {"low", "high", "scale"}:
        return "expected {low, high, scale} or {choices}"
    if accepted.kind not in ("whole", "number"):
        return f"has a range, but is {accepted.words()}; give choices"
    for end in ("low", "high"):
        if not accepted.holds(values[end]):
            return f"has {end} {text.shown(values[end])}, expected {accepted.words()}"
    if values["scale"] not in SCALES:
        return f"has scale {text.shown(values['scale'])}, expected one of {', '.join(SCALES)}"
    if not values["low"] < values["high"]:
        return f"has low {values['low']}, expected less than high, {values['high']}"
    if values["scale"] == "log" and values["low"] <= 0:
        return f"has low {values['low']}, expected more than 0 on a log scale"
    return None


def check(space: Any, tables: Mapping[str, Mapping[str, Accepted]]) -> None:
    """Raise InputError where a space {model: {parameter: range}} leaves what tables accept.

    Tables are {model: {parameter: accepted}}, of the models that there are.
    """
    if not isinstance(space, dict) or not space:
        raise InputError(f"space: expected a section for each model; mend {PARAMS}")
    for model, keys in space.items():
        if model not in tables:
            known = ", ".join(tables)
            name = text.printable(model)
            raise InputError(f"space.{name} is no model, which are {known}; mend {PARAMS}")
        if not isinstance(keys, dict) or not keys:
            raise InputError(f"space.{model} is empty; mend {PARAMS}")
        for key, values in keys.items():
            name = f"space.{model}.{text.printable(key)}"
            if key not in tables[model] or key == "epochs":
                known = ", ".join(each for each in tables[model] if each != "epochs")
                raise InputError(f"{name} is unknown, expected one of {known}; mend {PARAMS}")
            if why := problem(values, tables[model][key]):
                raise InputError(f"{name} {why}; mend {PARAMS}")


def check_seeds(search: Mapping[str, Any]) -> None:
    """Raise InputError where a seed that confirms has chosen, too: the best owes it some luck."""
    if search["seed"] in search["confirm"]:
        reason = f"search.confirm has {search['seed']}, the seed of the trials, which chooses"
        raise InputError(f"{reason}; name other seeds in {PARAMS}")


def command(model: str, values: Mapping[str, Any]) -> str:
    """Return the line that runs the project's pipeline with values of a model's parameters."""
    options = []
    for key, value in values.items():
        shown = f"[{','.join(map(str, value))}]" if isinstance(value, list) else str(value)
        option = f"{model}.{key}={shown}"
        options.append(f"-S '{option}'" if "[" in option else f"-S {option}")
    return f"dvc exp run {' '.join(options)}"
