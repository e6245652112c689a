"""The fifteen corruptions of MNIST-C, to see how networks fare on images unlike those they learnt.

Mu & Gilmer 2019, arXiv:1906.02337. Written anew after what the authors' code does ("theirs"
below): corruptions.py in github.com/google-research/mnist-c, commit bba57e4. Each function, here,
in motion.py and in overlay.py, takes and returns images, float (n, 28, 28) in 0..1. It asks for
random numbers once, or image after image, so that what happens to an image does not depend on how
many follow it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy import ndimage

from mnist.evaluation.corruptions import motion, overlay


def shot_noise(x: np.ndarray, rng: Generator, photons: float) -> np.ndarray:
    """Poisson noise, as of a light so weak that white is this many photons."""
    return rng.poisson(photons * x) / photons


def impulse_noise(x: np.ndarray, rng: Generator, amount: float) -> np.ndarray:
    """Salt and pepper: this fraction of the pixels, half of them white, half of them black."""
    chance = rng.random(x.shape)
    return np.where(chance < amount, chance < amount / 2, x)


def brightness(x: np.ndarray, rng: Generator, more: float) -> np.ndarray:
    """Add this to every pixel."""
    return x + more


def canny_edges(x: np.ndarray, rng: Generator, sigma: float) -> np.ndarray:
    """Keep nothing but edges (Canny 1986), one pixel wide, the same as scikit-image's canny."""
    gaussian = {"sigma": sigma, "mode": "constant", "axes": (1, 2)}
    smooth = ndimage.gaussian_filter(x, **gaussian)
    smooth /= ndimage.gaussian_filter(np.ones((1, 28, 28)), **gaussian)  # the part that lies inside
    down, right = (np.stack([ndimage.sobel(each, axis) for each in smooth]) for axis in (0, 1))
    steepness = np.hypot(down, right)
    # A ridge is no lower than both neighbours across the edge, interpolated at the next pixel.
    across = np.stack([np.zeros_like(x), down, right])
    across /= np.maximum(np.maximum(np.abs(down), np.abs(right)), 1e-12)
    here = np.indices(x.shape)
    ridge = np.pad(np.ones((len(x), 26, 26), bool), ((0, 0), (1, 1), (1, 1)))
    for way in (across, -across):
        ridge &= steepness >= ndimage.map_coordinates(steepness, here + way, order=1)
    # Faint ridges stay where they touch a strong one. 0.1 and 0.2 are scikit-image's defaults.
    touching = np.zeros((3, 3, 3))
    touching[1] = 1  # within one image
    labels, _ = ndimage.label(ridge & (steepness >= 0.1), touching)
    strong = np.unique(labels[ridge & (steepness >= 0.2)])
    return np.isin(labels, strong).astype(float)


@dataclass(frozen=True)
class Kind:
    """A kind of corruption: its function, and that function's constants at each strength.

    The reference is MNIST-C's: the default severity, as read from their corruptions.py. Weaker and
    stronger are their severities next to that where they have any, else ours. The comments below
    say which of their severities, from 1 to 5, the three are. Like is the key of the section
    augment of params.yaml that makes training see something like it, where there is one.
    """

    function: Callable[..., np.ndarray]
    weaker: tuple[float, ...]
    reference: tuple[float, ...]
    stronger: tuple[float, ...]
    like: str | None = None


KINDS = {
    "shot_noise": Kind(shot_noise, (5,), (3,), (2,), "noise"),  # 4, 5, ours
    "impulse_noise": Kind(impulse_noise, (0.09,), (0.17,), (0.27,), "noise"),  # 3, 4, 5
    "glass_blur": Kind(motion.glass_blur, (0.7, 1, 1), (0.7, 1, 2), (0.9, 2, 1)),  # ours, 1, 2
    "motion_blur": Kind(motion.motion_blur, (10, 2), (10, 3), (15, 5)),  # ours, 1, 2
    "shear": Kind(motion.shear, (0.2,), (0.4,), (0.6,), "shear"),  # 1, 2, 3
    "scale": Kind(motion.scale, (0.8,), (0.7,), (0.6,), "scale"),  # 2, 3, 4
    "rotate": Kind(motion.rotate, (0.2,), (0.4,), (0.6,), "rotation"),  # 1, 2, 3
    "brightness": Kind(brightness, (0.4,), (0.5,), (0.6,)),  # 4, 5, ours
    "translate": Kind(motion.translate, (2,), (3,), (4,), "shift"),  # 2, 3, 4
    "stripe": Kind(overlay.stripe, (5,), (7,), (9,)),  # ours, theirs, ours
    "fog": Kind(overlay.fog, (2.5, 1.5), (3.0, 1.4), (3.5, 1.3)),  # 4, 5, ours
    "spatter": Kind(
        overlay.spatter,
        (0.63, 0.3, 1, 0.65, 1.5),  # ours, since their severity 3 covers more than 4
        (0.65, 0.3, 1, 0.65, 1.5),  # severity 4
        (0.67, 0.4, 1, 0.65, 1.5),  # severity 5
    ),
    "dotted_line": Kind(overlay.dotted_line, (1.5,), (2.3,), (3.5,)),  # ours, theirs, ours
    "zigzag": Kind(overlay.zigzag, (1.5,), (2.3,), (3.5,)),  # ours, theirs, ours
    "canny_edges": Kind(canny_edges, (0.5,), (1.0,), (2.0,)),  # ours, theirs, ours
}


def corrupt(x: np.ndarray, kind: str, strength: str = "reference", seed: int = 0) -> np.ndarray:
    """Return corrupted copies, uint8 (n, 28, 28), of uint8 images x, each corrupted on its own.

    Kind is one of KINDS, strength weaker, reference or stronger. The same arguments give the same
    bytes, and fewer images give the same first ones.
    """
    constants = getattr(KINDS[kind], strength)
    changed = KINDS[kind].function(x / 255, np.random.default_rng(seed), *constants)
    return np.round(255 * np.clip(changed, 0, 1)).astype(np.uint8)


def seen(augmentation: Mapping[str, float]) -> list[str]:
    """Return the kinds, in their order, of which training has seen something like.

    Takes the section augment of params.yaml. Training may have seen less all the same: it rotates
    by angles up to its own, while the corruption rotates by one angle, which may be beyond that.
    """
    return [name for name, kind in KINDS.items() if kind.like and augmentation[kind.like]]
