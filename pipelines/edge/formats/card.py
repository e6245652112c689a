"""What a .tflite file says of itself: a zip archive behind the model, which runtimes ignore.

Files that belong to a model are kept there (LiteRT's documentation of metadata, "associated
files"), so that `unzip cnn_int8.tflite` gives labels.txt and metadata.json.
"""

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mnist.core import text
from mnist.core.errors import InputError

LABELS, METADATA = "labels.txt", "metadata.json"
START = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive knows, so that bytes are the same
DIGEST = 64  # characters of a SHA-256


def attached(model: bytes, labels: Sequence[str], metadata: Mapping[str, Any]) -> bytes:
    """Return a model's bytes with its labels and metadata behind them.

    The archive's comment is the SHA-256 of all bytes before it, as in our files of weights.
    """
    metadata = {**metadata, "labels": list(labels)}
    buffer = io.BytesIO(model)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(zipfile.ZipInfo(LABELS, START), "".join(f"{each}\n" for each in labels))
        archive.writestr(zipfile.ZipInfo(METADATA, START), json.dumps(metadata, indent=2) + "\n")
    # The last field of a zip archive is the length of its comment (APPNOTE.TXT, section 4.3.16).
    data = buffer.getvalue()[:-2] + struct.pack("<H", DIGEST)
    return data + hashlib.sha256(data).hexdigest().encode()


def read(path: str | Path) -> dict[str, Any]:
    """Return the metadata of a .tflite file.

    Raises InputError where it is missing, cut short, changed, or not written by attached.
    """
    name = text.printable(path)
    try:
        data = Path(path).read_bytes()
        if hashlib.sha256(data[:-DIGEST]).hexdigest().encode() != data[-DIGEST:]:
            raise ValueError("the digest differs")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return json.loads(archive.read(METADATA))
    except FileNotFoundError as error:
        raise InputError(f"{name} is missing; 'make edge' makes it") from error
    except Exception as error:  # zipfile and json raise several kinds on damage
        reason = "is damaged: it is not as it was exported"
        raise InputError(f"{name} {reason}; 'make edge' makes it anew") from error
