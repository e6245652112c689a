"""A folder of drawings, for the tests of reading by the million."""

import numpy as np
import pytest

from cluster.pictures import png


@pytest.fixture
def folder(digits, tmp_path):
    """Return a folder with five drawings, one of them in a folder of its own, and other files."""
    place = tmp_path / "in"
    (place / "more").mkdir(parents=True)
    for i, image in enumerate(digits[0][:5]):
        path = place / ("more" if i == 4 else "") / f"{i}.png"
        path.write_bytes(png(255 - np.pad(image, 10)))
    (place / "notes.txt").write_text("no image")
    (place / ".hidden.png").write_text("no image")
    return place
