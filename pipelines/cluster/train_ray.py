"""Train one network by the processes of a Ray cluster: the project's loop under Ray Train.

    PYTHONPATH=stages python -B -m pipelines.cluster.train_ray --model cnn --seed 0 -o cnn.pt

The loop asks for nothing but torch.distributed's process group, which Ray Train makes, on as many
machines as RAY_ADDRESS's cluster has. Each worker learns from its part of every batch. The weights
are those after the last epoch, since no epoch is chosen here.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ray
from ray import train
from ray.train.torch import TorchConfig, TorchTrainer

from mnist.core import command, files, params, text
from mnist.core.errors import InputError
from mnist.models import weights
from mnist.training import augmentation, device, distributed, job
from pipelines.cluster import joining
from pipelines.cluster.tuning import trial

WEIGHTS = "weights.pt"


def options(parser):
    """Add the command line's arguments to an argparse.ArgumentParser."""
    parser.add_argument("--model", default="cnn", help="a model of params.yaml; cnn unless said")
    parser.add_argument("--workers", type=int, default=2, help="processes; 2 unless said")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="for the weights")
    shared = "a folder or URL that all machines of a cluster share; needed with more than one"
    parser.add_argument("--storage", metavar="PLACE", help=shared)


def trained(
    model: str,
    section: Mapping[str, Any],
    augment: Mapping[str, float],
    data: trial.Data,
    seed: int,
    workers: int,
    threads: int,
    path: str | Path,
    storage: str | None = None,
) -> dict[str, float]:
    """Train a model by so many workers of Ray's, into a file of weights; return the last scores.

    Takes the model's section of params.yaml and the section augment, and a place that all machines
    share, where there are several. Ray must have been joined. Raises InputError where Ray fails.
    """
    shared = ray.put(data)

    def each(_: dict) -> None:
        built, _ = job.configure(model, section, ray.get(shared).dataset)
        given = model, section, augment, ray.get(shared), seed, threads
        for scores, state in trial.weighed(*given):
            if distributed.rank() > 0:
                train.report({})
                continue
            with tempfile.TemporaryDirectory() as scratch:
                weights.save(Path(scratch, WEIGHTS), built, state)
                train.report(scores, checkpoint=train.Checkpoint.from_directory(scratch))

    with tempfile.TemporaryDirectory() as scratch:
        scaling = train.ScalingConfig(num_workers=workers, resources_per_worker={"CPU": threads})
        run = train.RunConfig(storage_path=storage or scratch)
        gloo = TorchConfig(backend="gloo")
        trainer = TorchTrainer(each, scaling_config=scaling, run_config=run, torch_config=gloo)
        try:
            found = trainer.fit()
        except (train.TrainingFailedError, RuntimeError, OSError) as error:
            reason = f"Ray Train failed: {joining.last_line(error)}"
            advice = "docs/cluster.md says what several machines need"
            raise InputError(f"{reason}; {advice}") from error
        with found.checkpoint.as_directory() as folder:
            files.write(path, Path(folder, WEIGHTS).read_bytes())
    return {key: found.metrics[key] for key in ("loss", "accuracy", "gap")}


def check_place(output: str) -> None:
    """Raise InputError where no file can be written to a path."""
    path, folder = Path(output), Path(output).absolute().parent
    name = f"-o {text.printable(output)}"
    if path.is_dir() or not folder.is_dir():
        raise InputError(f"{name}: name a file, in a folder that is there")
    if not os.access(folder, os.W_OK):
        raise InputError(f"{name}: its folder may not be written into; name another")


def main(
    models: Sequence[str],
    seed: int,
    augment: Mapping[str, float],
    compute: Mapping[str, Any],
    model: str,
    workers: int,
    output: str,
    storage: str | None,
) -> None:
    """Train one network by the processes of a Ray cluster, into a file of weights."""
    if model not in models:
        raise InputError(f"--model {text.printable(model)}: expected one of {', '.join(models)}")
    if workers < 1:
        raise InputError(f"--workers {workers}: expected 1 or more")
    check_place(output)
    values, tables = params.read(), job.tables(weights.architecture(model))
    params.check({key: values[key] for key in tables if key in values}, tables)
    section = values[model]
    data = trial.data(60_000)
    threads = max(1, compute["threads"] // workers)
    with joining.joined(workers * threads, trial):
        joining.warn(workers, threads)
        given = model, section, augment, data, seed, workers, threads, output, storage
        scores = trained(*given)
    print(f"{text.printable(output)}: validation accuracy {scores['accuracy']:.2%}")


if __name__ == "__main__":
    tables = {"augment": augmentation.ACCEPTED, "compute": device.ACCEPTED}
    command.run(main, tables, options)
