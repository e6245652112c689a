"""Train the convolutional network (CNN) with one seed."""

from mnist import stage


def main(seed, compute, augment, cnn):
    """Train the convolutional network (CNN) with one seed into data/cnn/SEED."""
    from mnist import recording

    recording.record("cnn", seed, compute, augment, cnn)


if __name__ == "__main__":
    stage.run(main)
