"""Say what a search found: metrics/search.csv and .json, and the plots; a stage of make search."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from mnist.core import command, files
from mnist.plots import search as charts
from mnist.plots import style
from pipelines.cluster import confirm
from pipelines.cluster.tuning import spaces, study, suggestions

HERE = Path("pipelines/cluster")
MEASURED = "loss", "accuracy", "gap"


def rows(model: str, trials: Sequence[study.Trial]) -> list[dict[str, Any]]:
    """Return a row per trial, best first; those that were pruned, or failed, come last."""
    order = {study.FINISHED: 0, study.PRUNED: 1, study.FAILED: 2}
    best = {trial.number for trial in study.front(trials)}
    found = []
    for trial in sorted(trials, key=lambda each: (order[each.state], each.loss)):
        last = trial.epochs[-1] if trial.epochs else dict.fromkeys(MEASURED)
        row = {"model": model, "trial": trial.number, "state": trial.state}
        row |= {
            "epochs": len(trial.epochs),
            **{k: None if v is None else round(v, 5) for k, v in last.items()},
        }
        row |= {**trial.costs, "on_front": trial.number in best}
        found.append(row | {"values": json.dumps(trial.values)})
    return found


def difference(first: Sequence[float], second: Sequence[float]) -> dict[str, float]:
    """Return first minus second, paired by seed, with its 95 % interval over seeds, Student's t.

    A single seed has no interval.
    """
    apart = np.subtract(first, second)
    found = {"difference": float(apart.mean())}
    if len(apart) > 1:
        half = t.ppf(0.975, len(apart) - 1) * apart.std(ddof=1) / np.sqrt(len(apart))
        found |= {"low": found["difference"] - half, "high": found["difference"] + half}
    return {key: round(float(value), 5) for key, value in found.items()}


def confirmed(model: str, lines: pd.DataFrame) -> dict[str, Any]:
    """Return the means over seeds of both settings of a model, and best minus default.

    Accuracy and loss are those of the validation images.
    """
    each = {
        setting: lines[(lines["model"] == model) & (lines["setting"] == setting)]
        for setting in (confirm.DEFAULT, confirm.BEST)
    }
    keys = "loss", "accuracy", "gap", "multiply_accumulates"
    found = {
        name: {key: round(float(table[key].mean()), 5) for key in keys}
        for name, table in each.items()
    }
    best, default = each[confirm.BEST], each[confirm.DEFAULT]
    for key in ("loss", "accuracy"):
        found[f"{key}_difference"] = difference(best[key].to_list(), default[key].to_list())
    return found


def main(search: Mapping[str, Any], space: Mapping[str, Any]) -> None:
    """Write what the search found into pipelines/cluster/metrics and plots."""
    every = {name: confirm.trials(name) for name in space}
    table = pd.DataFrame([row for name, trials in every.items() for row in rows(name, trials)])
    lines = pd.DataFrame(files.read_json(confirm.OUT))
    found, weights = {}, {}
    for name, trials in every.items():
        best = study.best(trials)
        weights[name] = suggestions.importances(space[name], trials, search["seed"])
        states = [trial.state for trial in trials]
        found[name] = {
            "trials": len(trials),
            "pruned": states.count(study.PRUNED),
            "failed": states.count(study.FAILED),
            "best": {"trial": best.number, "loss": round(best.loss, 5), **best.values},
            "importances": {key: round(value, 4) for key, value in weights[name].items()},
            "confirmed": confirmed(name, lines),
            "command": spaces.command(name, best.values),
        }
        print(f"{name}: {found[name]['command']}", flush=True)
    defaults = pd.DataFrame(
        [{"model": name, **each["confirmed"][confirm.DEFAULT]} for name, each in found.items()]
    )
    files.write_csv(HERE / "metrics" / "search.csv", table)
    files.write_json(HERE / "metrics" / "search.json", found)
    figures = {
        "search_history": charts.history(table),
        "search_front": charts.front(table, defaults),
        "search_importances": charts.importances(weights),
    }
    for name, figure in figures.items():
        files.write(HERE / "plots" / f"{name}.png", style.png(figure))


if __name__ == "__main__":
    command.run(main, others={spaces.PARAMS: {"search": spaces.ACCEPTED}})
