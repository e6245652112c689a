"""People's own digits are read, or rejected in a line."""

import zipfile

import numpy as np
import pytest
from PIL import Image

from mnist.core.errors import InputError
from mnist.photos import folders, normalisation


@pytest.fixture
def drawn(tmp_path, digits):
    """Return a folder with ten drawings, named after their digits."""
    folder = tmp_path / "drawn"
    folder.mkdir()
    for image, label in zip(digits[0][:10], digits[1][:10], strict=True):
        name = f"{label}_{len(list(folder.iterdir()))}.png"
        Image.fromarray(255 - image).save(folder / name)
    return folder


def lists(folder, text):
    (folder / "labels.csv").write_text(text, encoding="utf-8", errors="surrogateescape")


def test_a_folder_s_names_say_what_is_right(drawn):
    (drawn / ".hidden").write_text("")
    found = folders.read(drawn)
    names = sorted(path.name for path in drawn.glob("*.png"))
    assert found.labels.tolist() == [int(name[0]) for name in names] and found.writers is None
    images, rejected = folders.normalised(found.readers)
    assert not rejected.any() and (images.max((1, 2)) == 255).all()


@pytest.mark.parametrize("where", [".", "photos", "photos/named"])
def test_a_folder_s_table_says_what_is_right_and_who_wrote_it(where, tmp_path, drawn):
    names = sorted(path.name for path in drawn.iterdir())[:2]
    (tmp_path / "own" / "photos").mkdir(parents=True)
    inside = tmp_path / "own" / where.partition("/")[0]
    for name in names:
        (drawn / name).rename(inside / name)
    prefix = "photos/" if where == "photos/named" else ""
    rows = [f"{prefix}{name},{8 - i},{'ab'[i]}" for i, name in enumerate(names)]
    lists(tmp_path / "own", "\n".join(["file,label,author", *rows]))
    found = folders.read(tmp_path / "own")
    assert found.labels.tolist() == [8, 7] and found.writers.tolist() == ["a", "b"]
    assert not folders.normalised(found.readers)[1].any()


def test_authors_may_be_unknown(drawn):
    lists(drawn, f"label,file\n3,{next(drawn.glob('*.png')).name}\n")
    found = folders.read(str(drawn))
    assert len(found.readers) == 1 and found.labels.tolist() == [3] and found.writers is None


def test_what_cannot_be_read_is_marked_as_rejected(drawn):
    (drawn / "0_text.png").write_text("no image")
    Image.new("L", (90, 90), 200).save(drawn / "0_white.png")
    images, rejected = folders.normalised(folders.read(drawn).readers)
    assert rejected.sum() == 2 and not images[rejected].any()


LISTS = {
    "": "no table",
    "file,label\na,1,2\n": "no table; expected the columns file and label, comma-separated",
    "file,label\nIT\n": "each row as long as the first",
    'file,label\n"IT,3\n': "no table",
    "file,label\nIT,3\udcff\n": "no table.* in UTF-8",
    "file,name\na,b\n": "has no column label, but file, name",
    "file;label\na;3\n": "has no column file, label, but file;label",
    "file,label\n": "lists no image",
    "file,label\nIT,3\nIT,4\n": "lists .* twice",
    "file,label\nIT,3\n./IT,3\n": "lists ./.* twice",
    "file,label,label\nIT,3,4\n": "has two columns label; remove one",
    f"file,label\n{'x' * 300}.png,3\n": "lists x*.png, which is not there",
    "file,label\nmissing.png,3\n": "lists missing.png, which is not there",
    "file,label\nIT,10\n": "the label '10', expected 0 to 9",
    "file,label\nIT,\n": "the label '', expected 0 to 9",
    "file,label,author\nIT,3,\n": "an image without author",
}


def test_a_table_may_come_from_windows_and_have_empty_lines(drawn):
    name = next(drawn.glob("*.png")).name
    lists(drawn, f'\ufefffile,label,note\r\n\r\n{name},3,"with, ""quotes"""\r\n')
    assert folders.read(drawn).labels.tolist() == [3]


@pytest.mark.parametrize("text", LISTS)
def test_a_bad_table_is_rejected_in_a_line(text, drawn):
    lists(drawn, text.replace("IT", next(drawn.glob("*.png")).name))
    with pytest.raises(InputError, match=LISTS[text]) as error:
        folders.read(drawn)
    assert str(drawn) in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["note.png", "42_note.png", "notes.txt"])
def test_a_name_without_its_digit_is_rejected_by_name(name, drawn):
    (drawn / name).write_text("")
    with pytest.raises(InputError, match=f"{name}: name it after its digit, as 7_note.jpg"):
        folders.read(drawn)


def test_what_is_not_there_or_empty_or_no_archive_is_rejected(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.npz").write_text("no archive")
    np.save(tmp_path / "one.npy", np.zeros(3))
    np.savez(tmp_path / "objects.npz", x=np.array([None, {}]), y=np.arange(2))
    whole = tmp_path / "cut.npz"
    np.savez(whole, x=np.zeros((9, 9, 9)), y=np.zeros(9))
    whole.write_bytes(whole.read_bytes()[:-100])
    with zipfile.ZipFile(tmp_path / "bytes.npz", "w") as archive:
        archive.writestr("x.npy", "no array")
        archive.writestr("y.npy", "no array")
    reasons = {"missing": "is not there", "x" * 300: "is not there", "empty": "has no images"}
    archives = ("text.npz", "one.npy", "objects.npz", "cut.npz", "bytes.npz")
    reasons |= dict.fromkeys(archives, "nor an .npz of arrays")
    for name, reason in reasons.items():
        with pytest.raises(InputError, match=reason) as error:
            folders.read(str(tmp_path / name))
        assert str(error.value).startswith(str(tmp_path / name))


def test_the_cause_is_kept_and_a_mistake_in_our_own_code_comes_through(drawn, monkeypatch):
    (drawn.parent / "text.npz").write_text("no archive")
    readers = folders.read(drawn).readers
    lists(drawn, "")
    for path in (drawn, drawn.parent / "text.npz"):
        with pytest.raises(InputError) as error:
            folders.read(path)
        assert isinstance(error.value.__cause__, Exception)

    def mistaken(*_):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(normalisation, "digit", mistaken)
    with pytest.raises(ZeroDivisionError, match="ours"):
        folders.normalised(readers)


@pytest.mark.parametrize(
    ("names", "light_on_dark", "scale"),
    [
        (("x", "y"), False, np.uint8(1)),
        (("x_test", "y_test"), True, np.float32(1 / 255)),
        (("x_tes", "y_tes"), True, np.int16(-100)),
        (("images", "labels"), True, np.uint8(1)),
    ],
)
def test_an_archive_is_read_whatever_its_range_and_polarity(
    names, light_on_dark, scale, tmp_path, digits
):
    images, labels = digits[0][:5], digits[1][:5]
    expected = folders.normalised([lambda x=x: x / 255 for x in images])[0]
    x = (images if light_on_dark else 255 - images) * scale
    np.savez(tmp_path / "own.npz", **dict(zip(names, (x, labels), strict=True)))
    found = folders.read(tmp_path / "own.npz")
    assert found.labels.tolist() == labels.tolist() and found.writers is None
    assert all(reader().min() >= 0 and reader().max() <= 1 for reader in found.readers)
    images, rejected = folders.normalised(found.readers)
    assert not rejected.any() and np.abs(images.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("key", ["writer", "author"])
def test_an_archive_knows_its_writers_and_true_sizes(key, tmp_path, digits):
    x = np.full((3, 40, 50), 255, np.uint8)
    x[:, :28, :28] = 255 - digits[0][:3]
    x[:, 39] = 0
    shape = np.full((3, 2), 28)
    np.savez(tmp_path / "own.npz", x=x, y=digits[1][:3], shape=shape, **{key: [4, 4, 7]})
    found = folders.read(tmp_path / "own.npz")
    assert found.writers.tolist() == ["4", "4", "7"]
    assert (found.readers[0]() == (255 - digits[0][0]) / 255).all()


GOOD = np.arange(2 * 9 * 9).reshape(2, 9, 9)
ARCHIVES = {
    "expected x and y": {"images": GOOD},
    r"images of int64 \(2, 81\)": {"x": GOOD.reshape(2, 81)},
    r"images of int64 \(\)": {"x": np.array(3)},
    r"images of <U1 \(2, 9, 9\)": {"x": np.full((2, 9, 9), "a")},
    r"images of int64 \(0, 9, 9\)": {"x": GOOD[:0]},
    "all of one grey": {"x": np.ones((2, 9, 9))},
    "what is no number": {"x": np.where(GOOD == 7, np.nan, GOOD)},
    "smaller than 3 × 8 pixels": {"x": GOOD[:, :5, :5]},
    r"2 images, but labels or writers of shape \(3,\)": {"y": [1, 2, 3]},
    r"labels or writers of shape \(2, 10\)": {"y": np.zeros((2, 10), int)},
    r"labels or writers of shape \(1,\)": {"writer": ["a"]},
    "an image without writer": {"writer": ["", "a"]},
    "writers that are no names": {"writer": [b"\xff", b"a"]},
    "the label '10', expected 0 to 9": {"y": [1, 10]},
    "the label '-1', expected 0 to 9": {"y": [-1, 1]},
    "the label '0.5', expected 0 to 9": {"y": [0.5, 1]},
    r"height and width within \(9, 9\)": {"shape": [[9, 10], [9, 9]]},
    "shape must have each image's height": {"shape": [9, 9]},
    "is smaller than": {"shape": [[9, 9], [0, 9]]},
}


@pytest.mark.parametrize("reason", ARCHIVES)
def test_a_bad_archive_is_rejected_in_a_line(reason, tmp_path):
    found = {"x": GOOD, "y": [1, 2], **ARCHIVES[reason]}
    if reason == "expected x and y":
        found = ARCHIVES[reason]
    np.savez(tmp_path / "own.npz", **found)
    with pytest.raises(InputError, match=reason) as error:
        folders.read(tmp_path / "own.npz")
    assert str(error.value).startswith(str(tmp_path)) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "place", "several", "label"),
    [
        ("7_kitchen-note.jpg", 0, 1, 7),
        ("7.png", 0, 1, 7),
        ("42_note.jpg", 1, 2, 2),
        ("42_note.jpg", 0, 1, -1),
        ("note_7.jpg", 0, 1, -1),
        ("IMG_2041.jpg", 0, 4, -1),
        ("7kitchen.jpg", 0, 1, -1),
    ],
)
def test_a_label_is_what_a_name_begins_with(name, place, several, label):
    assert folders.label(f"data/custom/{name}", place, several) == label
