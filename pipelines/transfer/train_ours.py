"""Train one of our networks with one seed, on the images that the backbones get."""

from mnist.core import command, params
from mnist.training import augmentation, device, job
from pipelines.transfer.comparison import experiment, ours, training


def options(parser):
    """Add the command line's arguments to an argparse.ArgumentParser."""
    parser.add_argument("--network", required=True, help="a model of the root's params.yaml")
    parser.add_argument("--seed", type=int, required=True, dest="number")


def code(network: str) -> list[str]:
    """Return the files that decide a run of a network, beside those of all runs."""
    decides = [ours, job, ours.ARCHITECTURES[network], *job.CODE]
    return [__file__, *(module.__file__ for module in decides)]


def main(network, number, transfer, augment, compute):
    """Train one of our networks with one seed into pipelines/transfer/runs."""
    built = ours.arguments(network, params.read())
    where = device.prepare(**compute)
    sections = {"transfer": transfer, "augment": augment, "compute": compute, "built": built}
    run = experiment.Run(network, experiment.SCRATCH, tuple(transfer["seeds"]))
    none = {"weights": "none", "sha256": None}
    training.run(
        run, number, ours.build(network, built, number), where, sections, none, code(network)
    )


if __name__ == "__main__":
    tables = {"augment": augmentation.ACCEPTED, "compute": device.ACCEPTED}
    command.run(main, tables, options, {experiment.PARAMS: experiment.tables()})
