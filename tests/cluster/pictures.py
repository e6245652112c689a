"""A picture as a file has it."""

import io

from PIL import Image


def png(levels):
    """Return grey levels, uint8 (h, w), as a PNG."""
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, "PNG")
    return buffer.getvalue()
