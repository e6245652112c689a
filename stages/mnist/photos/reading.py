"""Any common image file as a grey image: float (h, w) in 0..1, 1 being white."""

import io
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps

from mnist.core.errors import InputError
from mnist.core.text import printable

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "PPM", "ICO", "JPEG2000")
PIXELS = 50_000_000  # of a phone's camera; 200 MB decoded, and four copies may exist at a time
BYTES = 4 * PIXELS  # no file needs more than its pixels do
GREEDY = ("JPEG2000", "WEBP", "AVIF")  # their decoders take twice the memory of the others
SMALLEST = 8  # pixels of the longer side, as the digits that scikit-learn carries
LONGEST = 300  # times the shorter side, so that of PAGE three pixels across are left
PAGE = 1000  # pixels of the longer side to which a page is reduced
TILE = 322, 323  # tags of a tile's width and height: TIFF 6.0, section 15
CONTRAST = 0.04  # of the paper's brightness: 10 of 255 levels, a faint pencil
PROBLEMS = {  # what Pillow raises, and what that says of a file: the first that fits
    PermissionError: "may not be read; give yourself permission: chmod u+r",
    Image.UnidentifiedImageError: "is no image that is known here; save it as PNG or JPEG",
    Image.DecompressionBombError: f"claims over {PIXELS:,} pixels; scale it first",
    Exception: "is damaged or incomplete; save or copy it again",  # a dozen kinds
}


@contextmanager
def decoding(name: str) -> Iterator[None]:
    """Turn what Pillow raises inside into an InputError. Put only Pillow's own work inside.

    Drops warnings, and what C libraries write to stderr themselves, as libtiff does on damage.
    """
    stderr = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere, warnings.catch_warnings(action="ignore"):
            os.dup2(nowhere.fileno(), 2)
            yield
    except Exception as error:
        problem = next(text for kind, text in PROBLEMS.items() if isinstance(error, kind))
        raise InputError(f"{name} {problem}") from error
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def check_file(path: str | Path, name: str) -> None:
    """Raise InputError where a path is no file that is worth opening."""
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file has such a name"
        raise InputError(f"{name} cannot be read: {reason}; name an image file") from error
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a device or a pipe"
        raise InputError(f"{name} is {kind}; name an image file")
    if not 0 < status.st_size <= BYTES:
        raise InputError(f"{name} has {status.st_size:,} bytes, not 1 to {BYTES:,}; save it anew")


def check_image(image: Image.Image, name: str) -> None:
    """Raise InputError where an opened image has a size, or colours, that are not decoded here."""
    width, height = image.size
    shorter, longer = sorted(image.size)
    most = PIXELS // 2 if image.format in GREEDY else PIXELS
    if longer < SMALLEST or shorter < 3 or width * height > most or longer > LONGEST * shorter:
        raise InputError(
            f"{name} has {width:,} × {height:,} pixels, expected at least 3 × {SMALLEST}, at most "
            f"{most:,} altogether and no side over {LONGEST} times the other; scale or crop it"
        )
    if image.mode == "LAB":  # Pillow turns it into no other colours
        raise InputError(f"{name} has LAB colours, which are not read here; save it as PNG or JPEG")
    if image.format == "TIFF":  # a tile is decoded whole, even where the image is smaller
        with decoding(name):
            across, down = (int(image.tag_v2.get(tag, 0)) for tag in TILE)
        if across * down > PIXELS:
            raise InputError(f"{name} has tiles of over {PIXELS:,} pixels; save it as PNG or JPEG")


def decoded(image: Image.Image) -> Image.Image:
    """Return an opened image with its pixels loaded: in mode L, F (16 bits or more) or RGBA."""
    image.draft("L", (PAGE, PAGE))  # a JPEG is decoded at a half, quarter or eighth of its size
    if image.mode[0] in "IF":  # Pillow cuts 16 bits off at 255 where a colour is transparent
        return image.convert("F")
    if image.has_transparency_data:
        image.load()
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image.convert("L")


def reduced(image: Image.Image) -> Image.Image:
    """Return a decoded image upright and at most PAGE pixels wide and high."""
    if max(image.size) > PAGE:
        # reduce is the exact average over whole blocks, and quick.
        image = image.reduce(max(image.size) // PAGE)
        image.thumbnail((PAGE, PAGE), Image.Resampling.BOX)
    # How the camera was held may be damaged where the pixels are not; Pillow raises a dozen kinds.
    with suppress(Exception), warnings.catch_warnings(action="ignore"):
        image = ImageOps.exif_transpose(image)
    return image


def levels(image: Image.Image) -> np.ndarray:
    """Return a decoded image as float (h, w) in 0..1."""
    if image.mode == "RGBA":
        # White ink on nothing is seen on black only.
        papers = (Image.new("RGBA", image.size, colour) for colour in ("white", "black"))
        white, black = (np.asarray(Image.alpha_composite(p, image).convert("L")) for p in papers)
        return (white if np.ptp(white) > CONTRAST * 255 else black) / 255
    grey = np.nan_to_num(np.asarray(image, float))
    # 16 bits or floats say nowhere what white is.
    white = 255 if image.mode == "L" else next((n for n in (1, 255) if grey.max() <= n), 65535)
    return np.clip(grey / white, 0, 1)


def read(path: str | Path) -> np.ndarray:
    """Return an image file, its first frame, upright, as float (h, w) in 0..1, both up to PAGE.

    Raises InputError where it is missing, is damaged, is no image, or would need over 1 GiB.
    """
    name = printable(path)
    check_file(path, name)
    return _read(path, name)


def decode(content: bytes, name: str) -> np.ndarray:
    """Return the content of an image file as read returns it; name is what errors call it."""
    if not 0 < len(content) <= BYTES:
        raise InputError(f"{name} has {len(content):,} bytes, not 1 to {BYTES:,}; save it anew")
    return _read(io.BytesIO(content), name)


def _read(file: str | Path | BinaryIO, name: str) -> np.ndarray:
    with decoding(name):
        opened = Image.open(file, formats=FORMATS)
    with opened:
        check_image(opened, name)
        with decoding(name):
            image = decoded(opened)
        return levels(reduced(image))
