import os
import struct
import warnings
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from mnist import photos, preparation
from mnist.errors import Refused

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


@pytest.fixture(scope="module")
def five(digits):
    """Return one real digit, as prepared from a plain photo, and that photo's ink."""
    images, labels = digits
    page = written([images[labels == 5][3]])
    return preparation.digit(photographed(page) / 255), page


def saved(tmp_path, image, name="photo.png", **options):
    image.save(tmp_path / name, **options)
    return preparation.digit(photos.read(tmp_path / name))


def test_the_format_is_that_of_mnist(five):
    image, _ = five
    rows, columns = np.nonzero(image.any(1))[0], np.nonzero(image.any(0))[0]
    assert image.shape == (28, 28) and image.dtype == np.uint8 and image.max() == 255
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert np.abs(np.array(ndimage.center_of_mass(image)) - 14).max() <= 0.5


def test_a_digit_that_is_written_and_photographed_comes_back(digits):
    correlations = []
    for image in digits[0][:60]:
        photo = photographed(written([image])) / 255
        correlations.append(alike(preparation.digit(image / 255), preparation.digit(photo)))
    assert np.median(correlations) > 0.97 and min(correlations) > 0.9


def test_what_is_prepared_is_hardly_changed_by_preparing_it_again(digits):
    once = [preparation.digit(image / 255) for image in digits[0][:40]]
    correlations = [alike(image, preparation.digit(image / 255)) for image in once]
    assert np.median(correlations) > 0.97 and min(correlations) > 0.8


@pytest.mark.parametrize("side", [28, 100, 300])
def test_a_slanted_stroke_of_one_pixel_is_ink(side):
    page = np.ones((side, side))
    np.fill_diagonal(page[side // 5 : -side // 5, side // 5 : -side // 5], 0.2)
    page[side // 2, side // 2] = 0.5  # more than two levels: no bitmap
    assert preparation.digit(page).any()


yy, xx = np.mgrid[0:1:300j, 0:1:400j]
PHOTOS = {
    "chalk on a board": {"paper": 0.15, "pen": 0.85},
    "a faint pencil": {"pen": 0.72},
    "a very faint pencil": {"pen": 0.84, "noise": 0.004},
    "a dark photo": {"light": 0.3},
    "a gradient of the light": {"light": 1 - 0.6 * xx},
    "a shadow over half the paper": {"light": np.where(yy + 0.3 * xx > 0.6, 0.45, 1)},
    "a lamp on the board": {"light": 1 - 0.6 * xx, "paper": 0.15, "pen": 0.85},
}


@pytest.mark.parametrize("kind", PHOTOS)
def test_paper_pen_and_light_make_no_difference(kind, five):
    image, page = five
    assert alike(image, preparation.digit(photographed(page, **PHOTOS[kind]) / 255)) > 0.95


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("shade", [INK, 0.6])
def test_lines_of_the_paper_are_removed(shade, across, five):
    image, page = five
    y, x = np.indices(page.shape)
    lines = (y + x // 40) % 30 < 2
    lines |= ((x - y // 40) % 30 < 2) & across
    paper = np.where(lines, shade, WHITE)
    assert alike(image, preparation.digit(photographed(page, paper=paper) / 255)) > 0.9


@pytest.mark.parametrize(("height", "width"), [(300, 400), (900, 700), (2500, 3000)])
def test_the_size_of_the_photo_and_the_place_of_the_digit_make_no_difference(
    height, width, five, digits, tmp_path
):
    images, labels = digits
    corner = (height // 3, 10)
    page = written([images[labels == 5][3]], height, width, min(height, width) // 2, [corner])
    again = saved(tmp_path, Image.fromarray(photographed(page)), "photo.jpg")
    assert alike(five[0], again) > 0.95


def test_a_neighbour_cut_off_by_the_border_is_left_out(five, digits):
    image, page = five
    page = page.copy()
    page[80:200, :40] = enlarged(digits[0][0], 120)[:, -40:]
    page[80:200, :2] = 1
    assert alike(image, preparation.digit(photographed(page) / 255)) > 0.95


@pytest.mark.parametrize("width", [3, 10, 30, 60])
def test_strokes_come_to_the_width_of_mnists(width):
    y, x = np.indices((300, 400))
    ring = np.abs(np.hypot(y - 150, (x - 200) * 1.4) - 100) < width / 2
    wall = preparation.digit(photographed(ring * 1.0) / 255)[14, :14].sum() / 255
    assert 1.5 < wall < 5


FORMS = {
    "L": lambda image: image,
    "1": lambda image: image.point(lambda v: 255 * (v > 128)).convert("1"),
    "P": lambda image: image.convert("RGB").quantize(16),
    "RGB": lambda image: Image.merge("RGB", [image, image, Image.new("L", image.size, 230)]),
    "LA": lambda image: Image.merge("LA", [image, Image.new("L", image.size, 255)]),
    "I;16": lambda image: Image.fromarray(np.asarray(image).astype(np.uint16) * 257),
    "I": lambda image: Image.fromarray(np.asarray(image).astype(np.int32) * 257),
    "F": lambda image: Image.fromarray(np.asarray(image).astype(np.float32) / 255),
    "CMYK": lambda image: image.convert("RGB").convert("CMYK"),
}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *((f"photo.{kind}", "L") for kind in ("png", "jpg", "gif", "bmp", "webp", "tif", "pgm")),
        *(("photo.png", form) for form in ("1", "P", "RGB", "LA", "I;16")),
        *(("photo.tif", form) for form in ("F", "I", "CMYK", "I;16", "RGB")),
        ("photo.jpg", "CMYK"),
        ("photo.gif", "P"),
    ],
)
def test_formats_and_modes_make_no_difference(name, form, five, tmp_path):
    image, page = five
    again = saved(tmp_path, FORMS[form](Image.fromarray(photographed(page))), name)
    assert alike(image, again) > 0.93


@pytest.mark.parametrize("colour", [0, 255])
def test_a_drawing_on_nothing_is_seen_in_black_and_in_white(colour, five, tmp_path):
    image, page = five
    alpha = Image.fromarray(np.rint(page * 255).astype(np.uint8))
    flat = Image.new("L", alpha.size, colour)
    assert alike(image, saved(tmp_path, Image.merge("RGBA", [flat, flat, flat, alpha]))) > 0.95


def test_transparent_pixels_show_no_colour(five, tmp_path):
    image, page = five
    hidden = np.where(page > 0.02, 40, 0).astype(np.uint8)  # all black where nothing is drawn
    alpha = np.rint(page * 255).astype(np.uint8)
    drawn = Image.merge("LA", [Image.fromarray(hidden), Image.fromarray(alpha)])
    assert alike(image, saved(tmp_path, drawn)) > 0.95


def test_a_camera_that_was_turned_says_so(five, tmp_path):
    image, page = five
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the scene is at the right of the file
    turned = Image.fromarray(photographed(page)).transpose(Image.Transpose.ROTATE_90)
    assert alike(image, saved(tmp_path, turned, "photo.jpg", exif=exif)) > 0.95


def test_of_an_animation_the_first_frame_counts(five, tmp_path):
    image, page = five
    first = Image.fromarray(photographed(page))
    more = [Image.new("L", first.size, 255)]
    assert alike(image, saved(tmp_path, first, "a.gif", save_all=True, append_images=more)) > 0.95


def test_several_digits_come_in_reading_order(digits, tmp_path):
    images, labels = digits
    chosen = np.random.default_rng(1).choice(len(images), 12, replace=False)
    # Three lines of four that climb a little, none of them straight.
    corners = [
        (40 + 200 * row - 8 * column + 6 * (column % 2), 20 + 170 * column + 15 * row)
        for row in range(3)
        for column in range(4)
    ]
    page = written(images[chosen], 650, 760, 150, corners)
    Image.fromarray(photographed(page, 1 - 0.4 * np.linspace(0, 1, 760))).save(
        tmp_path / "page.jpg"
    )
    found = preparation.prepare(tmp_path / "page.jpg")
    assert found.shape == (12, 28, 28) and found.dtype == np.uint8
    for image, index in zip(found, chosen, strict=True):
        assert alike(preparation.digit(images[index] / 255), image) > 0.9, labels[index]


def test_a_five_with_its_bar_apart_is_one_digit_and_two_ones_are_two():
    page = np.zeros((300, 400))
    page[60:72, 120:190] = page[84:130, 110:122] = page[130:142, 110:180] = 1
    page[142:210, 170:182] = page[200:212, 110:182] = 1
    assert len(preparation.digits(photographed(page) / 255)) == 1
    page[60:212, 230:242] = page[60:212, 280:292] = 1
    assert len(preparation.digits(photographed(page) / 255)) == 3


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


noise = np.random.default_rng(0)
DRAWN = Image.fromarray(photographed(np.pad(np.ones((90, 12)), 60)))
PNG, JPEG, GIF, TIFF, WEBP, BMP = (
    encoded(DRAWN, form) for form in ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP")
)
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
    "400 marks": encoded(
        Image.fromarray(
            np.tile(np.pad(np.zeros((9, 5), np.uint8), 12, constant_values=255), (20, 20))
        ),
        "PNG",
    ),
}


def refusal(path, capfd):
    with warnings.catch_warnings(action="error"), pytest.raises(Refused) as refused:
        preparation.prepare(path)
    assert capfd.readouterr() == ("", "")
    assert "\n" not in str(refused.value) and ";" in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_holds_no_digit_is_refused_in_a_line_that_names_the_file(kind, tmp_path, capfd):
    path = tmp_path / "photo.png"
    path.write_bytes(HOSTILE[kind])
    assert refusal(path, capfd).startswith(str(path))


def test_what_is_no_file_is_refused(tmp_path, capfd):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "folder" in refusal(tmp_path, capfd)
    assert "pipe; name" in refusal(tmp_path / "pipe", capfd)
    assert "No such file" in refusal(tmp_path / "missing.png", capfd)
    for name in ("loop", "x" * 300, "a\0b", "two\nlines"):
        refusal(tmp_path / name, capfd)


def test_a_file_of_another_user_is_refused(tmp_path, capfd, monkeypatch):
    (tmp_path / "photo.png").write_bytes(PNG)

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", denied)
    assert "permission" in refusal(tmp_path / "photo.png", capfd)


def test_a_huge_file_is_not_read(tmp_path, capfd):
    with open(tmp_path / "photo.png", "wb") as file:
        file.truncate(10**10)
    assert "10,000,000,000 bytes" in refusal(tmp_path / "photo.png", capfd)
