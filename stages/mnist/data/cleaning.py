"""What the raw images are, which of them may be learnt from, and how they are divided."""

from typing import Any

import numpy as np

from mnist.core.accepted_values import SEED, number
from mnist.core.errors import InputError

ACCEPTED = {"validation": number(0.01, 0.5), "seed": SEED}  # of split


def digests(images: np.ndarray) -> list[bytes]:
    """Return one hashable value per image, equal for equal images."""
    return [image.tobytes() for image in images]


def usable(images: np.ndarray, test_images: np.ndarray) -> np.ndarray:
    """Return which training images, uint8 (n, 28, 28), to keep: a bool array (n,).

    Dropped are blank images, repetitions of an earlier image, and images that also stand in the
    test set, since learning those would be learning the answers. The test set is never touched.
    """
    seen, keep = set(digests(test_images)), np.ptp(images, axis=(1, 2)) > 0
    for i, digest in enumerate(digests(images)):
        keep[i] &= digest not in seen
        seen.add(digest)
    return keep


def split(labels: np.ndarray, *, validation: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices (train, validation) of a stratified random division of labels (n,).

    Validation is that fraction of the images, or that many of them if it is whole, and as large a
    part of each class to within one image. Both halves come in random order, so that the first
    images of each are a random sample. Raises InputError where there are too few images for that.
    """
    # Not at the top: checking parameters needs no sklearn.
    from sklearn.model_selection import train_test_split

    options = {"test_size": validation, "stratify": labels, "random_state": seed}
    try:
        return tuple(train_test_split(np.arange(len(labels)), **options))
    except ValueError as error:
        raise InputError(
            f"{len(labels)} images of {len(np.unique(labels))} classes cannot be divided with some "
            f"of each in both parts, {validation:g} being for validation; give more images"
        ) from error


def sample(labels: np.ndarray, n: int) -> np.ndarray:
    """Return the indices of a fixed sample of n of the labels, stratified by class.

    All of them where fewer than ten would be left, which cannot be divided by class.
    """
    if n > len(labels) - 10:
        return np.arange(len(labels))
    return split(labels, validation=n, seed=0)[1]


def describe(images: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Return plain figures on images, uint8 (n, 28, 28), and labels (n,) in 0..9.

    Their number, pixel range, blanks, repetitions, and the number of each class.
    """
    return {
        "images": len(images),
        "pixel_min": int(images.min()),
        "pixel_max": int(images.max()),
        "blank": int((np.ptp(images, axis=(1, 2)) == 0).sum()),
        "repeated": len(images) - len(set(digests(images))),
        "per_class": np.bincount(labels, minlength=10).tolist(),
    }


def normalisation(images: np.ndarray) -> tuple[float, float]:
    """Return the mean and standard deviation over all pixels of uint8 images, in units of 0..1.

    Computed from counts of the 256 values, so exact and independent of any order of summation.
    """
    counts, values = np.bincount(images.ravel(), minlength=256), np.arange(256) / 255
    mean = counts @ values / counts.sum()
    return float(mean), float(np.sqrt(counts @ (values - mean) ** 2 / counts.sum()))
