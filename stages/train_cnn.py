"""Train the convolutional network (CNN) with one seed into data/models/cnn/SEED."""

from mnist.core import command
from mnist.models import cnn as architecture
from mnist.training import job


def main(seed, compute, augment, cnn):
    """Train the convolutional network (CNN) with one seed into data/models/cnn/SEED."""
    job.run(architecture, seed, compute, augment, cnn)


if __name__ == "__main__":
    command.run(main, job.tables(architecture))
