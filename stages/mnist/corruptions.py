"""The fifteen corruptions of MNIST-C, to see how networks fare on digits unlike those they learnt.

Mu & Gilmer 2019, arXiv:1906.02337. Written anew after what the authors' code does ("theirs"
below): corruptions.py in github.com/google-research/mnist-c, commit bba57e4. Each function, here,
in motions.py and in overlays.py, takes and returns digits (n, 28, 28) in 0..1. It asks for
random numbers once, or image after image, so that what happens to an image does not depend on how
many follow it.
"""

import numpy as np
from scipy import ndimage

from mnist.motions import glass_blur, motion_blur, rotate, scale, shear, translate
from mnist.overlays import dotted_line, fog, spatter, stripe, zigzag


def shot_noise(x, rng, photons):
    """Poisson noise, as of a light so weak that white is this many photons."""
    return rng.poisson(photons * x) / photons


def impulse_noise(x, rng, amount):
    """Salt and pepper: this fraction of the pixels, half of them white, half of them black."""
    chance = rng.random(x.shape)
    return np.where(chance < amount, chance < amount / 2, x)


def brightness(x, rng, more):
    """Add this to every pixel."""
    return x + more


def canny_edges(x, rng, sigma):
    """Keep nothing but edges (Canny 1986), one pixel wide, the same as scikit-image's canny."""
    gaussian = {"sigma": sigma, "mode": "constant", "axes": (1, 2)}
    smooth = ndimage.gaussian_filter(x, **gaussian)
    smooth /= ndimage.gaussian_filter(np.ones((1, 28, 28)), **gaussian)  # the part that lies inside
    # Sobel's operator by hand, since ndimage.sobel would smooth from one image to the next.
    down, right = (
        ndimage.correlate1d(ndimage.correlate1d(smooth, [-1, 0, 1], axis), [1, 2, 1], 3 - axis)
        for axis in (1, 2)
    )
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


STRENGTHS = ("weaker", "reference", "stronger")
# Each kind's function, then its constants: weaker, MNIST-C's, stronger. MNIST-C's are the default
# severities of their functions, as read from their corruptions.py. Weaker and stronger are their
# severities next to that where they have any, else ours.
KINDS = {
    "shot_noise": (shot_noise, (5,), (3,), (2,)),  # severities 4, 5, ours
    "impulse_noise": (impulse_noise, (0.09,), (0.17,), (0.27,)),  # severities 3, 4, 5
    "glass_blur": (glass_blur, (0.7, 1, 1), (0.7, 1, 2), (0.9, 2, 1)),  # ours, severities 1, 2
    "motion_blur": (motion_blur, (10, 2), (10, 3), (15, 5)),  # ours, severities 1, 2
    "shear": (shear, (0.2,), (0.4,), (0.6,)),  # severities 1, 2, 3
    "scale": (scale, (0.8,), (0.7,), (0.6,)),  # severities 2, 3, 4
    "rotate": (rotate, (0.2,), (0.4,), (0.6,)),  # severities 1, 2, 3
    "brightness": (brightness, (0.4,), (0.5,), (0.6,)),  # severities 4, 5, ours
    "translate": (translate, (2,), (3,), (4,)),  # severities 2, 3, 4
    "stripe": (stripe, (5,), (7,), (9,)),  # ours, theirs, ours
    "fog": (fog, (2.5, 1.5), (3.0, 1.4), (3.5, 1.3)),  # severities 4, 5, ours
    "spatter": (  # ours, since their severity 3 covers more than 4; severities 4, 5
        spatter,
        (0.63, 0.3, 1, 0.65, 1.5),
        (0.65, 0.3, 1, 0.65, 1.5),
        (0.67, 0.4, 1, 0.65, 1.5),
    ),
    "dotted_line": (dotted_line, (1.5,), (2.3,), (3.5,)),  # ours, theirs, ours
    "zigzag": (zigzag, (1.5,), (2.3,), (3.5,)),  # ours, theirs, ours
    "canny_edges": (canny_edges, (0.5,), (1.0,), (2.0,)),  # ours, theirs, ours
}


def corrupt(images, kind, strength="reference", seed=0):
    """Return corrupted copies, uint8 (n, 28, 28), of uint8 images, each corrupted on its own.

    The same arguments give the same bytes, and fewer images give the same first ones.
    """
    function, *constants = KINDS[kind]
    rng = np.random.default_rng(seed)
    changed = function(images / 255, rng, *constants[STRENGTHS.index(strength)])
    return np.round(255 * np.clip(changed, 0, 1)).astype(np.uint8)


def seen(augmentation):
    """Return the kinds, in their order, of which training has seen something like.

    Takes the keyword arguments of augment.augment. Seen may still be less: the augmentation rotates
    by up to its rotation, while the corruption rotates by one angle, which may be beyond that.
    """
    like = {
        "shot_noise": "noise",
        "impulse_noise": "noise",
        "shear": "shear",
        "scale": "scale",
        "rotate": "rotation",
        "translate": "shift",
    }
    return [kind for kind in KINDS if kind in like and augmentation[like[kind]]]
