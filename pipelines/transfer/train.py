"""Train one of torchvision's classifiers with one seed, from scratch or from given weights."""

import time
from collections.abc import Mapping
from typing import Any

import torch

from mnist.core import command
from mnist.core.errors import InputError
from mnist.core.text import printable
from mnist.data import cleaning, prepared
from mnist.training import augmentation, device
from pipelines.transfer import record_weights
from pipelines.transfer.comparison import backbones, experiment, features, pretrained, training

CODE = [__file__, backbones.__file__, features.__file__, pretrained.__file__]


def options(parser):
    """Add the command line's arguments to an argparse.ArgumentParser."""
    parser.add_argument("--network", required=True, help="a classifier of torchvision")
    parser.add_argument("--seed", type=int, required=True, dest="number")
    parser.add_argument(
        "--pretrained", action="store_true", dest="from_weights", help="start from transfer.weights"
    )


def first_phase(
    model: backbones.Classifier,
    digest: str,
    run: experiment.Run,
    number: int,
    transfer: Mapping[str, Any],
    where: torch.device,
) -> float:
    """Train the head of a backbone with weights of that SHA-256, in place; return the seconds.

    On features that are computed once for all seeds, whose time only the first of them shows.
    """
    begin, images, labels = time.perf_counter(), *training.parts(transfer)["train"]
    settings = [transfer["sizes"][run.network], transfer["images"], digest]
    data = [prepared.path("train"), cleaning.__file__, pretrained.__file__]
    known = features.cached(run.network, model, settings, images, data, where)
    recipe = experiment.loop_settings(transfer, run)
    recipe |= {"epochs": transfer["head_epochs"], "learning_rate": transfer["head_learning_rate"]}
    del recipe["averaging"]
    features.train_head(model.head.cpu(), known, labels, number, **recipe)
    return time.perf_counter() - begin


def main(network, number, from_weights, transfer, augment, compute):
    """Train a backbone with one seed into pipelines/transfer/runs."""
    every = [*transfer["backbones"], *transfer["large"]]
    listed = transfer["pretrained"] if from_weights else every
    if network not in listed:
        some = ", ".join(listed)
        raise InputError(f"--network {printable(network)}: {experiment.PARAMS} lists {some}")
    where, classes = device.prepare(**compute), len(prepared.dataset().classes)
    first = experiment.PRETRAINED if from_weights else experiment.SCRATCH
    run = experiment.Run(network, first, tuple(transfer["seeds"]))
    start, slower, spent = {"weights": "none", "sha256": None}, None, 0
    if from_weights:
        start = record_weights.recorded(network, transfer["weights"][network])
        if start["sha256"] is None:
            training.leave_out(run, number, start["reason"])
            return
    torch.manual_seed(number)
    model = backbones.build(network, classes, transfer["sizes"][network])
    if compute["deterministic"]:
        backbones.check_deterministic(model, network, where)
    if from_weights:
        pretrained.load(model.backbone, network, transfer["weights"][network])
        spent = first_phase(model, start["sha256"], run, number, transfer, where)
        slower = {"backbone.": transfer["backbone_rate"]}
    sections = {"transfer": transfer, "augment": augment, "compute": compute, "built": {}}
    training.run(run, number, model, where, sections, start, CODE, slower, spent)


if __name__ == "__main__":
    tables = {"augment": augmentation.ACCEPTED, "compute": device.ACCEPTED}
    command.run(main, tables, options, {experiment.PARAMS: experiment.tables()})
