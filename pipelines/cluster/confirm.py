"""Train the best setting of each model and the root's with several seeds: a stage of make search.

On the images of the search and for as many epochs, on this machine, without Ray: what a single
trial found may be luck.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mnist.core import command, files, params
from mnist.training import augmentation, device
from pipelines.cluster import search as searching
from pipelines.cluster.tuning import spaces, study, trial

OUT = Path("pipelines/cluster/confirmed.json")
DEFAULT, BEST = "default", "best"


def trials(model: str) -> list[study.Trial]:
    """Return the trials of a model that search has left."""
    return [study.Trial(**each) for each in files.read_json(searching.OUT / f"{model}.json")]


def main(
    search: Mapping[str, Any],
    space: Mapping[str, Any],
    augment: Mapping[str, float],
    compute: Mapping[str, Any],
) -> None:
    """Measure the best setting of each model and the root's, into pipelines/cluster."""
    given, found = trial.data(search["images"]), []
    for name, section in searching.sections([*space], params.read(), search["epochs"]).items():
        settings = {DEFAULT: section, BEST: {**section, **study.best(trials(name)).values}}
        for setting, values in settings.items():
            costs = trial.costs(name, values, given.dataset)
            for seed in search["confirm"]:
                each = trial.epochs(name, values, augment, given, seed, compute["threads"])
                *_, last = each
                line = {"model": name, "setting": setting, "seed": seed, **last, **costs}
                found.append(line)
                print(f"{name} {setting} seed {seed}: loss {last['loss']:.4f}", flush=True)
    files.write_json(OUT, found)


if __name__ == "__main__":
    tables = {"augment": augmentation.ACCEPTED, "compute": device.ACCEPTED}
    command.run(main, tables, others={spaces.PARAMS: {"search": spaces.ACCEPTED}})
