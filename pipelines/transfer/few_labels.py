"""Measure what a few labelled digits of another hand are worth to our networks.

Each draw takes some digits of each class of one writer, and asks on all that are left: the trained
networks ('zero-shot'), those that were adapted to the labelled digits, and a CNN that learnt from
these alone ('from scratch'). Without --people, scikit-learn's digits are measured, into
metrics/few_labels.csv; with it, people's own, into metrics/few_labels_people.csv. Beside each table
a .json names the runs of the root's pipeline that it rests on.
"""

import functools
import itertools
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from mnist.core import command, files, runs
from mnist.core.accepted_values import several, whole
from mnist.core.errors import InputError
from mnist.core.text import printable
from mnist.data import prepared
from mnist.evaluation import other_writers
from mnist.models import cnn as cnn_architecture
from mnist.photos import folders
from mnist.training import augmentation, device, loop
from pipelines import recorded
from pipelines.transfer.adaptation import summary
from pipelines.transfer.adaptation.summary import PEOPLE, TABLE, Trial
from pipelines.transfer.adaptation.trained import Labelled
from pipelines.transfer.adaptation.trial import Hand, Settings, correct, model, trials

PARAMS = Path("pipelines/transfer/params.yaml")
ACCEPTED = {
    "few_labels": {
        "per_class": several(1, 20, whole(1, 1000), distinct=True),
        "draws": whole(2, 1000),
        "costly_draws": whole(2, 1000),
        "scratch_epochs": whole(1, 10_000),
    }
}


def options(parser):
    """Add the command line's arguments to an argparse.ArgumentParser."""
    help = "folders of images, or .npz; the writers whom they tell apart are measured one by one"
    parser.add_argument("--people", nargs="+", default=[], metavar="PATH", help=help)


def hands(people: Sequence[str]) -> list[Hand]:
    """Return the digits of each writer in people's folders and archives, else scikit-learn's.

    Raises InputError where a path is neither, or two of them have one name, and where the networks
    have learnt scikit-learn's.
    """
    if not people:
        learnt = prepared.dataset().name
        if other_writers.LEARNT.get(learnt) == other_writers.UCI:
            reason = f"the networks learnt {learnt}, which scikit-learn's digits are a part of"
            raise InputError(f"{reason}; name digits of other people by --people")
    names = [Path(path).stem for path in people]
    if twice := {printable(name) for name in names if names.count(name) > 1}:
        raise InputError(f"--people: two sets are called {min(twice)}; rename one")
    read = {name: folders.read(path) for name, path in zip(names, people, strict=True)}
    sets = [other_writers.normalised(name, images) for name, images in read.items()]
    found = []
    for each in sets or [other_writers.uci_digits()]:
        writers = np.full(len(each.labels), "") if each.writers is None else each.writers
        for person in sorted(set(writers)):
            own = writers == person
            digits = Labelled(each.images[own], each.labels[own])
            found.append(Hand(each.name, str(person), digits, each.rejected[own]))
    return found


def everything(settings: Settings, every: Sequence[Hand], processes: int) -> Iterator[Trial]:
    """Yield all trials, in order, whatever the number of processes."""
    few = settings.few_labels
    zero_shot = [  # first, so that what is wrong with the weights is told at once
        {name: correct(model(name, settings.seeds).networks, hand) for name in settings.models}
        for hand in every
    ]
    tasks = [
        (*both, *task)
        for both in zip(every, zero_shot, strict=True)
        for task in itertools.product(few["per_class"], range(few["draws"]))
    ]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        work = functools.partial(trials, settings)
        for place, found in enumerate(pool.map(work, *zip(*tasks, strict=True)), 1):
            yield from found
            if place % 10 == 0 or place == len(tasks):
                print(f"few_labels: {place} of {len(tasks)} draws", flush=True)


def main(
    seeds: Sequence[int],
    models: Sequence[str],
    compute: Mapping[str, Any],
    augment: Mapping[str, float],
    cnn: Mapping[str, Any],
    few_labels: Mapping[str, Any],
    people: Sequence[str],
) -> None:
    """Measure adapted models, on scikit-learn's digits or on people's own."""
    settings = Settings(tuple(models), tuple(seeds), dict(augment), dict(cnn), dict(few_labels))
    every = hands(people)
    table = summary.table(everything(settings, every, compute["threads"]))
    if table.empty:
        fewest = min(few_labels["per_class"])
        raise InputError(f"nobody has over {fewest} of every digit; lower few_labels.per_class")
    path = PEOPLE if people else TABLE
    digests = {
        f"{name}/{seed}": recorded.digest(runs.folder(name, seed))
        for name in models
        for seed in seeds
    }
    files.write_csv(path, table)
    files.write_json(path.with_suffix(".json"), {"runs": digests})


if __name__ == "__main__":
    tables = {"augment": augmentation.ACCEPTED, "compute": device.ACCEPTED}
    tables["cnn"] = {**cnn_architecture.ACCEPTED, **loop.ACCEPTED}
    command.run(main, tables, add=options, others={PARAMS: ACCEPTED})
