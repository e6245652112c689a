import os
import struct
import subprocess
import sys
import warnings
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from drawing import photographed
from helpers import ROOT
from mnist.core.errors import InputError
from mnist.photos import pages, reading


def png(width, height, depth=8, colour=0, data=b""):
    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def encoded(image, form, **options):
    buffer = BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def page_of(value, shape=(200, 300)):
    return encoded(Image.fromarray(np.full(shape, value, np.uint8)), "PNG")


def tiff(offset, count, width, height, kind=4):
    """Return a TIFF of 96 × 96 pixels with tiles; offset and count are the tags of its data.

    kind is the type of the tile's width: 4 for a number, 2 for a text (TIFF 6.0, section 2).
    """
    data = zlib.compress(bytes(1000))
    tags = {256: 96, 257: 96, 258: 8, 259: 8, 262: 1, 277: 1, 322: width, 323: height}
    tags = dict(sorted({**tags, offset: 8 + 2 + 12 * 10 + 4, count: len(data)}.items()))
    body = b"".join(
        struct.pack("<HHII", tag, kind if tag == 322 else 4, 1, value)
        for tag, value in tags.items()
    )
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + body + bytes(4) + data


noise = np.random.default_rng(0)
DRAWN = Image.fromarray(photographed(np.pad(np.ones((90, 12)), 60)))
PNG, JPEG, GIF, TIFF, WEBP, BMP = (
    encoded(DRAWN, form) for form in ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP")
)
PACKED = encoded(DRAWN, "TIFF", compression="tiff_lzw")
HOSTILE = {
    "empty": b"",
    "a byte": b"\x89",
    "text": b"This is not an image.\n",
    "a web page": b"<!DOCTYPE html><title>404</title>",
    "a vector drawing": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a PDF": b"%PDF-1.7\n%\xe2\xe3",
    "a program for a printer": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage",
    "zeros": bytes(5000),
    "random bytes": noise.bytes(5000),
    "an archive": b"PK\x03\x04" + bytes(100),
    "a photo format that Pillow lacks": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00" + bytes(100),
    "a PNG's signature": PNG[:8],
    "a PNG without data": PNG[:33],
    "half a PNG": PNG[: len(PNG) // 2],
    "a damaged PNG": PNG[:60] + bytes(40) + PNG[100:],
    "half a JPEG": JPEG[: len(JPEG) // 2],
    "a JPEG's header": JPEG[:20],
    "half a GIF": GIF[: len(GIF) // 2],
    "half a TIFF": TIFF[: len(TIFF) // 2],
    "a TIFF's header": TIFF[:8],
    "half a WebP": WEBP[: len(WEBP) // 2],
    "half a BMP": BMP[: len(BMP) // 2],
    "a PNG that is too short inside": png(300, 300, data=bytes(1000)),
    "20,000 × 20,000 pixels claimed": png(20_000, 20_000),
    "9,000 × 9,000 pixels claimed": png(9_000, 9_000),
    "2³¹ pixels a side claimed": png(2**31 - 1, 2**31 - 1),
    "no pixel": png(0, 0),
    "one pixel": page_of(0, (1, 1)),
    "a line of pixels": page_of(0, (1, 500)),
    "4 × 4 pixels": page_of(0, (4, 4)),
    "all black": page_of(0),
    "all white": page_of(255),
    "all grey": page_of(127),
    "all transparent": encoded(Image.new("RGBA", (200, 200), (0, 0, 0, 0)), "PNG"),
    "a small blank": page_of(255, (28, 28)),
    "a blank page in noise": encoded(
        Image.fromarray(noise.normal(200, 5, (300, 400)).astype(np.uint8)), "PNG"
    ),
    "nothing but noise": encoded(
        Image.fromarray(noise.integers(0, 256, (300, 400)).astype(np.uint8)), "PNG"
    ),
    "small noise": encoded(
        Image.fromarray(noise.integers(0, 256, (28, 28)).astype(np.uint8)), "PNG"
    ),
    "a blank page in uneven light": encoded(
        Image.fromarray((80 + 0.4 * np.indices((300, 400)).sum(0) / 2).astype(np.uint8)), "JPEG"
    ),
    "floats that are no numbers": encoded(
        Image.fromarray(np.full((50, 50), np.nan, np.float32)), "TIFF"
    ),
    "a strip": page_of(200, (3, 3000)),
    "tiles of 900 million pixels": tiff(324, 325, 29_984, 29_984),
    "a strip that claims a tile, as wide as a text": tiff(273, 279, ord("w"), 16, kind=2),
    "a damaged TIFF, compressed": PACKED[:200] + bytes(20) + PACKED[220:],
    "LAB colours": encoded(Image.fromarray(np.full((50, 50, 3), 9, np.uint8), "LAB"), "TIFF"),
    "400 marks": encoded(
        Image.fromarray(
            np.tile(np.pad(np.zeros((9, 5), np.uint8), 12, constant_values=255), (20, 20))
        ),
        "PNG",
    ),
}


def problem(path, capfd):
    """Return why a file is rejected: one line that says what to do, and nothing on the terminal."""
    with warnings.catch_warnings(action="error"), pytest.raises(InputError) as error:
        pages.read(path)
    assert capfd.readouterr() == ("", "")
    assert "\n" not in str(error.value) and ";" in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_without_a_digit_is_rejected_in_a_line_that_names_it(kind, tmp_path, capfd):
    path = tmp_path / "photo.png"
    path.write_bytes(HOSTILE[kind])
    assert problem(path, capfd).startswith(str(path))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM", "ICO"])
def test_damage_anywhere_leaves_digits_or_a_rejection(form, tmp_path):
    random, whole = np.random.default_rng(0), encoded(DRAWN, form)
    for _ in range(30):
        damaged = np.frombuffer(whole, np.uint8).copy()
        damaged[random.integers(min(len(damaged), 300), size=4)] = random.integers(256, size=4)
        (tmp_path / "photo.png").write_bytes(damaged.tobytes())
        try:
            found = pages.read(tmp_path / "photo.png")
        except InputError:
            continue
        assert found.shape[1:] == (28, 28) and found.dtype == np.uint8


@pytest.mark.parametrize("function", ["check_file", "check_image", "reduced", "levels"])
def test_a_mistake_in_our_own_code_is_not_taken_for_a_damaged_file(function, tmp_path, monkeypatch):
    def mistaken(*_):
        raise ZeroDivisionError("ours")

    (tmp_path / "photo.png").write_bytes(PNG)
    monkeypatch.setattr(reading, function, mistaken)
    with pytest.raises(ZeroDivisionError, match="ours"):
        pages.read(tmp_path / "photo.png")


@pytest.mark.parametrize("kind", ["text", "half a PNG", "half a TIFF", "all white"])
def test_the_cause_of_a_rejection_is_kept(kind, tmp_path):
    (tmp_path / "photo.png").write_bytes(HOSTILE[kind])
    with pytest.raises(InputError) as error:
        pages.read(tmp_path / "photo.png")
    assert isinstance(error.value.__cause__, Exception)


def test_what_is_no_file_is_rejected(tmp_path, capfd):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "folder" in problem(tmp_path, capfd)
    assert "pipe; name" in problem(tmp_path / "pipe", capfd)
    assert "No such file" in problem(tmp_path / "missing.png", capfd)
    for name in ("loop", "x" * 300, "a\0b", "two\nlines"):
        problem(tmp_path / name, capfd)


def test_a_file_of_another_user_is_rejected(tmp_path, capfd, monkeypatch):
    (tmp_path / "photo.png").write_bytes(PNG)

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", denied)
    assert "permission" in problem(tmp_path / "photo.png", capfd)


def test_a_huge_file_is_not_read(tmp_path, capfd):
    with open(tmp_path / "photo.png", "wb") as file:
        file.truncate(10**10)
    assert "10,000,000,000 bytes" in problem(tmp_path / "photo.png", capfd)


@pytest.mark.parametrize("form", reading.GREEDY)
def test_greedy_formats_may_have_half_as_many_pixels(form, tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(reading, "PIXELS", int(1.5 * DRAWN.width * DRAWN.height))
    (tmp_path / "photo.png").write_bytes(PNG)
    assert reading.read(tmp_path / "photo.png").shape == DRAWN.size[::-1]
    try:
        DRAWN.save(tmp_path / "photo", form)
    except (KeyError, OSError):
        pytest.skip("this Pillow cannot write it")
    assert "altogether" in problem(tmp_path / "photo", capfd)


HUNGRY = """
import sys
from mnist.photos import answers
photos, problems = answers.read(sys.argv[1:])
print(len(photos), len(problems))
print([line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="asks Linux for the peak")
def test_the_largest_files_that_are_read_take_less_than_a_gibibyte(tmp_path):
    width, height = 8_000, reading.PIXELS // 8_000
    rows = (b"\0" + b"\xff\xff" * width) * (height - 2_000) + (b"\0" + b"\0\xff" * width) * 2_000
    (tmp_path / "grey and alpha.png").write_bytes(png(width, height, 8, 4, rows))
    Image.new("RGBA", (5_000, 5_000), "red").save(tmp_path / "greedy.webp", method=0)
    (tmp_path / "tiles.tif").write_bytes(HOSTILE["tiles of 900 million pixels"])
    (tmp_path / "claims.png").write_bytes(HOSTILE["20,000 × 20,000 pixels claimed"])
    done = subprocess.run(
        [sys.executable, "-c", HUNGRY, *map(str, sorted(tmp_path.iterdir()))],
        env={**os.environ, "PYTHONPATH": str(ROOT / "stages")},
        capture_output=True,
        text=True,
        check=True,
    )
    counts, peak = done.stdout.splitlines()
    assert counts == "1 3" and done.stderr == ""
    assert int(peak) < 2**20  # KiB


@pytest.mark.parametrize(
    ("least", "less"), [((3, 8), (3, 7)), ((8, 3), (8, 2)), ((3, 900), (3, 901))]
)
def test_sizes_are_decoded_up_to_their_limits(least, less):
    reading.check_image(Image.new("L", least), "photo")
    with pytest.raises(InputError, match="scale or crop it"):
        reading.check_image(Image.new("L", less), "photo")
