"""The IDX format, in which MNIST is published: read strictly, written canonically.

A file is a magic number (two zero bytes, a type code, the number of dimensions), each dimension
as a big-endian 32-bit integer, then the values in C order (http://yann.lecun.com/exdb/mnist).
"""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from mnist.errors import Refused

UNSIGNED_BYTE = 0x08  # the only one of the format's six type codes that MNIST uses


def decode(data, dimensions, name):
    """Return the array, uint8 with that many dimensions, in the gzipped IDX bytes.

    Raises Refused, naming the file, on anything but one complete array of unsigned bytes.
    """
    try:
        raw = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused(f"{name} is not a complete gzip file ({error})") from None
    header = 4 + 4 * dimensions
    if len(raw) < header:
        raise Refused(f"{name} has {len(raw)} bytes, fewer than an IDX header of {header}")
    zeros, code, found = struct.unpack(">HBB", raw[:4])
    if zeros != 0:
        raise Refused(f"{name} is not an IDX file (it starts with {raw[:4].hex()})")
    if code != UNSIGNED_BYTE:
        raise Refused(f"{name} holds values of type 0x{code:02x}, expected 0x08, unsigned bytes")
    if found != dimensions:
        raise Refused(f"{name} has {found} dimensions, expected {dimensions}")
    shape = struct.unpack(f">{dimensions}I", raw[4:header])
    if 0 in shape:
        raise Refused(f"{name} is empty: its shape is {shape}")
    if len(raw) - header != math.prod(shape):
        raise Refused(
            f"{name} has {len(raw) - header} values, but its shape {shape} needs {math.prod(shape)}"
        )
    return np.frombuffer(raw, np.uint8, offset=header).reshape(shape)


def encode(array):
    """Return a uint8 array as gzipped IDX bytes, the same bytes each time."""
    header = struct.pack(f">HBB{array.ndim}I", 0, UNSIGNED_BYTE, array.ndim, *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes(), mtime=0)


def read_pair(folder, prefix):
    """Return images, uint8 (n, 28, 28), and labels, uint8 (n,) in 0..9, of one half of MNIST.

    The prefix is 'train' or 't10k'. Raises Refused where the two files are not such a pair.
    """
    names = [Path(folder, f"{prefix}-{part}-ubyte.gz") for part in ("images-idx3", "labels-idx1")]
    for path in names:
        if not path.is_file():
            raise Refused(f"{path} is missing; 'dvc repro -f fetch' brings it")
    images = decode(names[0].read_bytes(), 3, names[0])
    labels = decode(names[1].read_bytes(), 1, names[1])
    if images.shape[1:] != (28, 28):
        raise Refused(f"{names[0]} has images of {images.shape[1:]} pixels, expected (28, 28)")
    if len(images) != len(labels):
        raise Refused(f"{names[0]} has {len(images)} images, {names[1]} {len(labels)} labels")
    if labels.max() > 9:
        raise Refused(f"{names[1]} has the label {labels.max()}, expected 0 to 9")
    return images, labels
