"""Train the multilayer perceptron (ANN) with one seed."""

from mnist import stage


def main(seed, compute, augment, ann):
    """Train the multilayer perceptron (ANN) with one seed into data/ann/SEED."""
    from mnist import recording

    recording.record("ann", seed, compute, augment, ann)


if __name__ == "__main__":
    stage.run(main)
