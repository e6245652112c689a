"""Write drawings.json: drawings, and what the pipeline makes of them, for Python and the page.

Run it from the project's root after the preparation of photos was changed on purpose:
PYTHONPATH=stages:tests python tests/edge/make_drawings.py
"""

import base64
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from drawing import photographed
from edge.strokes import DIGITS, drawn
from mnist.photos import normalisation

DRAWINGS = Path(__file__).with_name("drawings.json")


def photo(name: str, shape: tuple[int, int], size: float, thick: float, **how) -> np.ndarray:
    """Return a digit in the middle of a paper of a shape (h, w) as a camera sees it, uint8."""
    height, width = shape
    place = (height - size) / 2, (width - size) / 2
    return photographed(1 - drawn(DIGITS[name], height, width, place, size, thick) / 255, **how)


def drawings() -> dict[str, np.ndarray]:
    """Return {name: drawing}, each uint8 (h, w)."""
    made = {name: drawn(DIGITS[name], 280, 280, (40, 40), 200, 18) for name in DIGITS}
    made |= {
        "2_small": drawn(DIGITS["2"], 120, 120, (15, 15), 90, 8),
        "3_large": drawn(DIGITS["3"], 560, 480, (60, 30), 420, 34),
        "4_off_centre": drawn(DIGITS["4"], 300, 400, (20, 270), 110, 12),
        "6_low_left": drawn(DIGITS["6"], 400, 300, (290, 10), 100, 10),
        "8_thin": drawn(DIGITS["8"], 280, 280, (35, 40), 205, 3),
        "9_thick": drawn(DIGITS["9"], 280, 280, (50, 45), 190, 42),
        "3_light_on_dark": 255 - drawn(DIGITS["3"], 280, 280, (42, 38), 200, 16),
        "7_at_the_border": drawn(DIGITS["7"], 240, 200, (-7, 3), 220, 14),
        "5_two_levels": 255 * (drawn(DIGITS["5"], 100, 90, (8, 6), 82, 7) > 127).astype(np.uint8),
        "6_like_mnist": 255 - drawn(DIGITS["6"], 28, 28, (3.7, 4.2), 20, 2.6),
        "2_of_60_x_90": drawn(DIGITS["2"], 90, 60, (14, 3), 55, 5),
    }
    rows, columns = np.mgrid[0:1:96j, 0:1:128j]
    made |= {
        "5_photo": photo("5", (125, 100), 90, 6, noise=0.03),
        "0_in_shadow": photo("0", (96, 128), 75, 6, light=1 - 0.55 * columns),
        "4_faint": photo("4", (110, 110), 84, 6, pen=0.72, noise=0.015),
        "8_in_shadow": photo(
            "8", (96, 128), 76, 8, light=0.45 + 0.5 * np.hypot(rows, columns) / 1.42, noise=0.02
        ),
    }
    return made


def encoded(drawing: np.ndarray) -> str:
    """Return a drawing, uint8 (h, w), as a PNG in base64."""
    file = io.BytesIO()
    Image.fromarray(drawing).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def main() -> None:
    """Write the file, a drawing per line."""
    rows = []
    for name, drawing in drawings().items():
        digit = normalisation.digit(drawing / 255)
        row = {
            "name": name,
            "png": encoded(drawing),
            "digit": base64.b64encode(digit.tobytes()).decode(),
        }
        rows.append(json.dumps(row))
    DRAWINGS.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
