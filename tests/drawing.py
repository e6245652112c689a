"""Digits written on paper and photographed, for the tests of what reads photos."""

import numpy as np
from PIL import Image
from scipy import ndimage

WHITE, INK = 0.9, 0.2  # of paper and pen


def enlarged(image, side):
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)) / 255


def written(images, height=300, width=400, side=180, corners=((60, 110),)):
    """Return how much ink each pixel of a page has: digits with their top left corners there."""
    page = np.zeros((height, width))
    for image, (y, x) in zip(images, corners, strict=True):
        area = page[y : y + side, x : x + side]
        np.maximum(area, enlarged(image, side), out=area)
    return page


def photographed(page, light=1.0, paper=WHITE, pen=INK, noise=0.01):
    grey = light * (paper + (pen - paper) * page)
    grey = ndimage.gaussian_filter(grey, 0.8)
    grey = grey + np.random.default_rng(0).normal(0, noise, page.shape)
    return np.rint(grey.clip(0, 1) * 255).astype(np.uint8)


def alike(one, other):
    """Return the correlation of two images, the better of all shifts by at most a pixel."""
    shifts = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    moved = [np.roll(other, shift, (0, 1)) for shift in shifts]
    return max(np.corrcoef(one.flat, image.flat)[0, 1] for image in moved)
