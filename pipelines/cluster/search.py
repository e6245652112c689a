"""Search for better parameters: a stage of make search.

Each trial is one training on a part of the training images, judged on the validation images alone.
What ended is kept in data/search: a search that was killed goes on, and with one trial at a time
and the same seed it tries what it would have tried.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import ray
from ray import tune

from mnist.core import command, files, params
from mnist.core.accepted_values import Accepted
from mnist.core.errors import InputError
from mnist.data import cleaning, prepared
from mnist.evaluation import efficiency
from mnist.models import weights
from mnist.training import augmentation, checkpoints, device, job
from pipelines.cluster import joining
from pipelines.cluster.tuning import spaces, study, suggestions, trial

OUT = Path("pipelines/cluster/trials")
INPUTS = [prepared.path("train"), prepared.path("validation"), prepared.DATASET]
CODE = [*job.CODE, job, cleaning, efficiency, spaces, study, suggestions, trial]
FAILURES = 3  # a trial is begun again so often where its machine is lost


def accepted(models: Sequence[str]) -> dict[str, dict[str, Accepted]]:
    """Return what the models' sections of params.yaml may hold, {model: {key: accepted}}."""
    return {name: job.tables(weights.architecture(name))[name] for name in models}


def sections(
    models: Sequence[str], values: Mapping[str, Any], epochs: int
) -> dict[str, dict[str, Any]]:
    """Return the models' sections of params.yaml, checked, with the epochs of a trial."""
    params.check({name: values[name] for name in models}, accepted(models))
    return {name: {**values[name], "epochs": epochs} for name in models}


def code(name: str) -> list[str]:
    """Return the files that decide what is tried of a model, and what comes of it."""
    return [__file__, *(module.__file__ for module in [weights.architecture(name), *CODE])]


def run(
    name: str,
    tried: Mapping[str, Any],
    section: Mapping[str, Any],
    settings: Mapping[str, Any],
    given: trial.Data,
    path: Path,
) -> None:
    """Run the trials of a model that have not ended yet; each that ends is added to a file.

    Tried is the model's space. Settings are search, augment and compute. A trial whose loss
    overflows has ended, too. Raises InputError, once all others have ended, where one could not be
    run, or where none was finished.
    """
    search, done = settings["search"], study.read(path)

    def ended(found: study.Trial) -> None:
        study.add(path, found)
        begin = f"{name}: trial {len(study.read(path))} of {search['trials']} {found.state}"
        if found.state == study.FAILED:
            print(f"{begin}: the loss overflowed, of {dict(found.values)}", flush=True)
            return
        measured = f"validation loss {found.loss:.4f}, accuracy {found.accuracy:.2%}"
        print(f"{begin}, {measured}", flush=True)

    def costs(values: Mapping[str, Any]) -> dict[str, int]:
        return trial.costs(name, {**section, **values}, given.dataset)

    left = search["trials"] - len(done)
    if left <= 0:
        study.best(done)  # where none was finished, that is said each time
        return
    asked = suggestions.Suggestions(
        tried, done, search["trials"], search["epochs"], search["seed"], costs, ended
    )
    threads = max(1, settings["compute"]["threads"] // search["concurrent"])
    joining.warn(1, threads)
    shared = ray.put(given)

    overflowed = dict(suggestions.OVERFLOWED)  # the module does not travel to the workers

    def train(values: dict[str, Any]) -> None:
        each = trial.epochs(
            name,
            {**section, **values},
            settings["augment"],
            ray.get(shared),
            search["seed"],
            threads,
        )
        try:
            for epoch in each:
                tune.report(epoch)
        except InputError:  # begun again, it would overflow again
            tune.report(overflowed)

    with tempfile.TemporaryDirectory() as scratch:
        results = tune.Tuner(
            tune.with_resources(train, {"cpu": threads}),
            tune_config=tune.TuneConfig(
                search_alg=asked,
                scheduler=suggestions.scheduler(search["epochs"], done),
                num_samples=left,
                max_concurrent_trials=search["concurrent"],
            ),
            run_config=tune.RunConfig(
                storage_path=scratch,
                failure_config=tune.FailureConfig(max_failures=FAILURES),
                verbose=0,
            ),
        ).fit()
    if results.errors:
        reason = joining.last_line(results.errors[0])
        lost = f"{name}: {len(results.errors)} of {left} trials could not be run: {reason}"
        raise InputError(f"{lost}; 'make search' tries them again, and keeps the others")
    study.best(study.read(path))


def main(
    models: Sequence[str],
    search: Mapping[str, Any],
    space: Mapping[str, Any],
    augment: Mapping[str, float],
    compute: Mapping[str, Any],
) -> None:
    """Try parameters of each model in the space, into pipelines/cluster/trials."""
    spaces.check(space, accepted(models))
    spaces.check_seeds(search)
    every = sections([*space], params.read(), search["epochs"])
    settings = {"search": search, "augment": augment, "compute": compute}
    given = trial.data(search["images"])
    found = {}
    decides = {key: search[key] for key in ("concurrent", "epochs", "images", "seed")}
    with joining.joined(compute["threads"], trial):
        for name, section in every.items():
            decisive = [decides, space[name], section, augment, compute]
            key = checkpoints.key(decisive, [*code(name), *INPUTS])
            path = study.path(name, key)
            run(name, space[name], section, settings, given, path)
            found[name] = sorted(study.read(path), key=lambda each: each.number)
    with files.replacing(OUT, OUT.with_name(".trials")) as draft:
        for name, trials in found.items():
            files.write_json(draft / f"{name}.json", [asdict(each) for each in trials])


if __name__ == "__main__":
    tables = {"augment": augmentation.ACCEPTED, "compute": device.ACCEPTED}
    command.run(main, tables, others={spaces.PARAMS: {"search": spaces.ACCEPTED}})
