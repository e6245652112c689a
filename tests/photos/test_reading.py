import numpy as np
import pytest
from PIL import Image

from drawing import alike, photographed, written
from mnist.photos import normalisation, reading


def saved(tmp_path, image, name="photo.png", **options):
    image.save(tmp_path / name, **options)
    return normalisation.digit(reading.read(tmp_path / name))


@pytest.mark.parametrize(("height", "width"), [(300, 400), (900, 700), (2500, 3000)])
def test_the_size_of_the_photo_and_the_place_of_the_digit_make_no_difference(
    height, width, five, digits, tmp_path
):
    images, labels = digits
    corner = (height // 3, 10)
    page = written([images[labels == 5][3]], height, width, min(height, width) // 2, [corner])
    again = saved(tmp_path, Image.fromarray(photographed(page)), "photo.jpg")
    assert alike(five[0], again) > 0.95


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


def test_sixteen_bits_with_a_transparent_colour_are_no_blank_page(five, tmp_path):
    image, page = five
    deep = FORMS["I;16"](Image.fromarray(photographed(page)))
    assert alike(image, saved(tmp_path, deep, "photo.png", transparency=65535)) > 0.93


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


@pytest.mark.parametrize(
    "note", [b"no tags", bytes(range(256)), b"II*\0\xff\xff\xff\xff", b"MM\0*\0"]
)
@pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "photo.webp"])
def test_a_damaged_note_on_the_camera_spoils_no_photo(name, note, five, tmp_path):
    image, page = five
    photo = Image.fromarray(photographed(page))
    assert alike(image, saved(tmp_path, photo, name, exif=b"Exif\0\0" + note)) > 0.95


def test_of_an_animation_the_first_frame_counts(five, tmp_path):
    image, page = five
    first = Image.fromarray(photographed(page))
    more = [Image.new("L", first.size, 255)]
    assert alike(image, saved(tmp_path, first, "a.gif", save_all=True, append_images=more)) > 0.95
