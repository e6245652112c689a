"""Any common image file as a grey image: float (h, w) in 0..1, 1 being white."""

import os
import stat
import warnings
from contextlib import contextmanager, suppress

import numpy as np
from PIL import Image, ImageOps

from mnist.errors import Refused

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "PPM", "ICO", "JPEG2000")
PIXELS = 50_000_000  # of a phone's camera; 200 MB decoded, and four copies may exist at a time
BYTES = 4 * PIXELS  # no file needs more than its pixels do
GREEDY = ("JPEG2000", "WEBP", "AVIF")  # their decoders take twice the memory of the others
SMALLEST = 8  # pixels of the longer side, as the digits that scikit-learn carries
LONGEST = 300  # times the shorter side, so that of PAGE three pixels across are left
PAGE = 1000  # pixels of the longer side to which a page is reduced
TILE_WIDTH, TILE_HEIGHT = 322, 323  # tags of TIFF 6.0, section 15
CONTRAST = 0.04  # of the paper's brightness: 10 of 255 levels, a faint pencil


def printable(path):
    """Return a path as one line of text."""
    text = str(path)
    return text if text and text.isprintable() else ascii(text)


def checked(path, name):
    """Raise Refused where a path is no file that is worth opening."""
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file has such a name"
        raise Refused(f"{name} cannot be read: {reason}; name an image file") from None
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a device or a pipe"
        raise Refused(f"{name} is {kind}; name an image file")
    if not 0 < status.st_size <= BYTES:
        raise Refused(f"{name} has {status.st_size:,} bytes, expected 1 to {BYTES:,}; save it anew")


@contextmanager
def silent():
    """Keep what C libraries write to stderr themselves, as libtiff does on damage, out of it."""
    stderr = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def sized(image, name):
    """Raise Refused where an opened Pillow image is too small, too narrow or too large to read."""
    width, height = image.size
    shorter, longer = sorted(image.size)
    most = PIXELS // 2 if image.format in GREEDY else PIXELS
    if longer < SMALLEST or shorter < 3 or width * height > most or longer > LONGEST * shorter:
        raise Refused(
            f"{name} has {width:,} × {height:,} pixels, expected at least 3 × {SMALLEST}, at most "
            f"{most:,} altogether and no side {LONGEST} times the other; scale or crop it first"
        )
    # A tile of a TIFF is decoded whole, even where the image is smaller.
    tags = image.tag_v2 if image.format == "TIFF" else {}
    if tags.get(TILE_WIDTH, 0) * tags.get(TILE_HEIGHT, 0) > PIXELS:
        raise Refused(f"{name} has tiles of over {PIXELS:,} pixels; save it as PNG or JPEG")


def flat(image):
    """Return an opened Pillow image as a grey image of at most PAGE pixels a side."""
    image.draft("L", (PAGE, PAGE))  # a JPEG is decoded at a half, quarter or eighth of its size
    if image.has_transparency_data:
        image = image if image.mode == "RGBA" else image.convert("RGBA")
    elif image.mode[0] in "IF":
        image = image.convert("F")
    else:
        image = image.convert("L")
    if max(image.size) > PAGE:
        # reduce is the exact average over whole blocks, and quick.
        image = image.reduce(max(image.size) // PAGE)
        image.thumbnail((PAGE, PAGE), Image.Resampling.BOX)
    # A note on how the camera was held may be damaged where the pixels are not.
    with suppress(Exception):  # Pillow raises a dozen kinds
        image = ImageOps.exif_transpose(image)
    if image.mode == "RGBA":
        # White ink on nothing is seen on black only.
        papers = (Image.new("RGBA", image.size, colour) for colour in ("white", "black"))
        white, black = (np.asarray(Image.alpha_composite(p, image).convert("L")) for p in papers)
        return (white if np.ptp(white) > CONTRAST * 255 else black) / 255
    grey = np.nan_to_num(np.asarray(image, float))
    # 16 bits or floats say nowhere what white is.
    white = 255 if image.mode == "L" else next((n for n in (1, 255) if grey.max() <= n), 65535)
    return np.clip(grey / white, 0, 1)


def read(path):
    """Return an image file as a grey image of at most PAGE pixels a side, upright, first frame.

    Raises Refused where it is missing, is damaged, is no image, or would need over 1 GiB.
    """
    name = printable(path)
    checked(path, name)
    try:
        # Pillow warns about slips that do no harm.
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=FORMATS) as image:
            sized(image, name)
            with silent():
                return flat(image)
    except Refused:
        raise
    except PermissionError:
        raise Refused(f"{name} may not be read; give yourself permission: chmod u+r") from None
    except Image.UnidentifiedImageError:
        raise Refused(f"{name} is no image that is known here; save it as PNG or JPEG") from None
    except Image.DecompressionBombError:
        raise Refused(f"{name} claims over {PIXELS:,} pixels; scale it first") from None
    except Exception:  # Pillow raises a dozen kinds on damage
        raise Refused(f"{name} is damaged or incomplete; save or copy it again") from None
