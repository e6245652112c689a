"""One training run of the pipeline: from data/prepared to the files that it leaves."""

import inspect
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

from mnist.core import accepted_values, affine, files, progress, runs
from mnist.core.errors import InputError
from mnist.data import prepared
from mnist.models import inference, layers, weights
from mnist.training import (
    augmentation,
    checkpoints,
    device,
    distributed,
    epoch_choice,
    loop,
    upstroke,
)

if TYPE_CHECKING:
    from dvclive import Live

TABLES = {"augment": augmentation.ACCEPTED, "compute": device.ACCEPTED}
INPUTS = [prepared.path("train"), prepared.path("validation"), prepared.DATASET]
# All code that decides a run, but for the architecture: an interrupted run starts over if it has
# changed. The dependencies in dvc.yaml cover the same files.
CODE = [affine, augmentation, checkpoints, device, distributed, epoch_choice, files, inference]
CODE += [layers, loop, prepared, runs, upstroke, weights]


def tables(architecture: ModuleType) -> dict[str, dict[str, accepted_values.Accepted]]:
    """Return what params.yaml may hold for a run of an architecture, {section: {key: accepted}}.

    The section of the model holds the keyword arguments of its build and those of the loop.
    """
    name = architecture.__name__.rpartition(".")[2]
    return {name: {**architecture.ACCEPTED, **loop.ACCEPTED}, **TABLES}


def divided(architecture: ModuleType, section: dict[str, Any]) -> tuple[dict, dict]:
    """Return the keyword arguments for build and those for the loop, told apart by signature."""
    own = inspect.signature(architecture.build).parameters
    arguments = {key: value for key, value in section.items() if key in own}
    return arguments, {key: value for key, value in section.items() if key not in own}


def configure(
    name: str, section: dict[str, Any], dataset: prepared.PreparedDataset
) -> tuple[weights.Configuration, dict[str, Any]]:
    """Return what builds a model from its section of params.yaml, and the loop's settings."""
    arguments, recipe = divided(weights.architecture(name), section)
    arguments = {"classes": len(dataset.classes), **arguments}
    return weights.Configuration(name, arguments, dataset.mean, dataset.std), recipe


def log(live: "Live", epoch: dict[str, Any]) -> None:
    """Write what an epoch measured, {'objective', 'scores'}, to the history."""
    live.log_metric("train/objective", epoch["objective"])
    for part in ("train", "validation"):
        for key, value in epoch["scores"][part].items():
            live.log_metric(f"{part}/{key}", value)
    live.next_step()


def run(
    architecture: ModuleType, seed: int, compute: dict, augment: dict, section: dict[str, Any]
) -> None:
    """Train one network and leave weights, history and predictions in data/models/NAME/SEED.

    Takes the sections compute, augment and NAME of params.yaml. With compute.processes above one,
    the script that called this is run again in so many processes, which train together; under a
    launcher such as torchrun it is one of those. Raises InputError where the same is being trained
    already.
    """
    if compute["processes"] > 1 and not distributed.launched():
        distributed.launch(compute["processes"])
        return
    with distributed.group():
        where, dataset = device.prepare(**compute), prepared.dataset()
        fitting = augmentation.fitting(augment, dataset.digits)
        off = [key for key in augment if augment[key] != fitting[key]]
        if off and distributed.rank() == 0:
            progress.skipped(f"augment.{', '.join(off)}", dataset.name)
        augment = fitting
        name = architecture.__name__.rpartition(".")[2]
        built, recipe = configure(name, section, dataset)
        settings = [asdict(built), seed, compute, augment, recipe, distributed.size()]
        code = [__file__, *(module.__file__ for module in [architecture, *CODE])]
        key = checkpoints.key(settings, [*code, *INPUTS])
        distributed.agree(key, "code, parameters or data")

        images, labels = map(torch.from_numpy, prepared.load("train"))
        fewest = len(images) // loop.steps_per_epoch(len(images), recipe["batch_size"])
        if fewest // distributed.size() < 2:  # BatchNorm cannot learn from one image
            reason = f"{name}.batch_size is too small for {len(images)} images"
            raise InputError(f"{reason} and {distributed.size()} processes; raise it")
        sample = images[: prepared.SAMPLE], labels[: prepared.SAMPLE]
        held = tuple(map(torch.from_numpy, prepared.load("validation")))
        judged = {"train": sample, "validation": held}

        def epochs(since: dict[str, Any] | None) -> Iterator[loop.Epoch]:
            model, since = weights.build(built, seed), distributed.of_first(since)
            given = images, labels, judged, augment, seed, where, since
            return loop.train(model, *given, **recipe)

        if distributed.rank() == 0:
            leave(built, seed, key, epochs, judged, recipe["epochs"], where.type)
        else:
            for _ in epochs(None):
                pass  # the first process judges and writes


def leave(
    configuration: weights.Configuration,
    seed: int,
    key: str,
    epochs: Callable[[dict | None], Iterator[loop.Epoch]],
    judged: dict[str, tuple[torch.Tensor, torch.Tensor]],
    count: int,
    device: str,
) -> None:
    """Train by epochs(since), which yields what is left of count epochs, and leave the run's files.

    epoch_choice says which epoch is kept. Predictions are softmax probabilities for the judged
    images: the first training images, not augmented, and validation. A run that was interrupted
    goes on after its last whole epoch, from the checkpoint of that key, and ends in the same bytes;
    until it ends, what an earlier one left stays.
    """
    from dvclive import Live  # not at the top: check needs the tables alone, and sooner

    name = configuration.architecture
    checkpoint = checkpoints.path(name, seed)
    draft = checkpoint.with_suffix("")
    with checkpoints.alone(checkpoint):
        with files.replacing(runs.folder(name, seed), draft):
            done = checkpoints.load(checkpoint, key) or checkpoints.NOTHING
            measured, seconds, kept = list(done["measured"]), list(done["seconds"]), done["weights"]
            start = time.perf_counter() - (seconds[-1] if seconds else 0)
            with Live(str(draft / "history"), dvcyaml=None, save_dvc_exp=False) as live:
                for earlier in measured:
                    log(live, earlier)
                for epoch in epochs(done["snapshot"]):
                    measured.append({"objective": epoch.objective, "scores": epoch.scores})
                    log(live, measured[-1])
                    accuracies = [each["scores"]["validation"]["accuracy"] for each in measured]
                    # Only an epoch that no later one equals can be chosen: others need no memory.
                    kept = {e: w for e, w in kept.items() if accuracies[e] > accuracies[-1]}
                    kept[len(measured) - 1] = epoch.weights
                    seconds.append(round(time.perf_counter() - start, 1))
                    done = {"measured": measured, "seconds": seconds, "weights": kept}
                    checkpoints.save(checkpoint, key, {**done, "snapshot": epoch.snapshot})
                    reached = epoch.objective, accuracies[-1]
                    progress.announce(name, seed, count, *reached, seconds)

            accuracies = [each["scores"]["validation"]["accuracy"] for each in measured]
            best = epoch_choice.choose(accuracies, len(judged["validation"][1]))
            weights.save(draft / "weights.pt", configuration, kept[best])
            model = weights.load(draft / "weights.pt", name)
            predictions = {
                part: inference.predict(model, x).numpy() for part, (x, _) in judged.items()
            }
            files.write_arrays(draft / "predictions.npz", **predictions)
        runs.note_time(name, seed, seconds, device, torch.get_num_threads())
        checkpoint.unlink()
