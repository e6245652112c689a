"""Train the multilayer perceptron (ANN) with one seed into data/models/ann/SEED."""

from mnist.core import command
from mnist.models import ann as architecture
from mnist.training import job


def main(seed, compute, augment, ann):
    """Train the multilayer perceptron (ANN) with one seed into data/models/ann/SEED."""
    job.run(architecture, seed, compute, augment, ann)


if __name__ == "__main__":
    command.run(main, job.tables(architecture))
