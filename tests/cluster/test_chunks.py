"""Images of a folder or of Parquet are cut into chunks that are always the same."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from PIL import Image

reason = "it is in the environment that 'make search' makes"
pa = pytest.importorskip("pyarrow", reason=reason)
pytest.importorskip("ray", reason=reason)

import pyarrow.parquet as pq  # noqa: E402

from cluster.pictures import png  # noqa: E402
from mnist.core.errors import InputError  # noqa: E402
from mnist.photos import pages, reading  # noqa: E402
from pipelines.cluster import score  # noqa: E402
from pipelines.cluster.scoring import chunks, reader, worker  # noqa: E402


def test_a_folder_is_cut_at_any_depth_and_in_order(folder, monkeypatch):
    monkeypatch.setattr(chunks, "IMAGES", 2)
    found = chunks.cut(str(folder))
    assert [len(chunk.paths) for chunk in found] == [2, 2, 1]
    assert [chunk.number for chunk in found] == [0, 1, 2]
    assert found[2].paths[0].endswith("more/4.png")
    assert chunks.cut(f"file://{folder}") == found
    assert [image.row for image in reader.images(str(folder), found[0])] == [None, None]


@pytest.mark.parametrize("inside", ["{}", "{}/out", "{}/more/../out/", "file://{}/out"])
def test_a_target_inside_its_source_is_refused_at_the_first_call(folder, inside):
    with pytest.raises(InputError, match=r"lies in .*; name a folder outside of it"):
        chunks.check_apart(str(folder), inside.format(folder))
    chunks.check_apart(str(folder), f"{folder}-read")
    chunks.check_apart(str(folder), "s3://in/out?region=eu-west-1")


@pytest.mark.parametrize("kind", ["bytes", "struct", "levels"])
def test_parquet_is_cut_by_row_groups_and_rows_keep_their_number(digits, tmp_path, kind):
    images = digits[0][:5]
    values = {
        "bytes": [png(image) for image in images],
        "struct": [{"bytes": png(image), "path": None} for image in images],
        "levels": pa.array([image.ravel().tolist() for image in images], pa.list_(pa.uint8())),
    }[kind]
    path = str(tmp_path / "a.parquet")
    pq.write_table(pa.table({"label": [0] * 5, "image": values}), path, row_group_size=2)
    found = chunks.cut(path)
    assert [(chunk.group, chunk.start) for chunk in found] == [(0, 0), (1, 2), (2, 4)]
    rows = [image for chunk in found for image in reader.images(path, chunk)]
    assert [image.row for image in rows] == [0, 1, 2, 3, 4]
    for image, levels in zip(rows, images, strict=True):
        assert np.array_equal(worker.digits(image), pages.digits(levels / 255))


def test_a_large_row_group_is_read_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "IMAGES", 3)
    monkeypatch.setattr(chunks, "MOST", 4)
    levels = pa.array([[row] * 784 for row in range(25)], pa.list_(pa.uint8()))
    path = str(tmp_path / "a.parquet")
    pq.write_table(pa.table({"image": levels}), path, row_group_size=20)
    found = chunks.cut(path)
    parts = [(chunk.group, chunk.first, chunk.last) for chunk in found]
    assert parts == [(0, 0, 5), (0, 5, 10), (0, 10, 15), (0, 15, 20), (1, 0, 3), (1, 3, 5)]
    rows = [image for chunk in found for image in reader.images(path, chunk)]
    assert [(image.row, image.content[0, 0]) for image in rows] == [(n, n) for n in range(25)]


def test_rows_that_cannot_be_read_or_hold_no_image_have_their_reason(tmp_path):
    path = tmp_path / "a.parquet"
    levels = pa.array([[0] * 784, [0] * 5, None, [None] * 784] * 2, pa.list_(pa.uint8()))
    pq.write_table(pa.table({"image": levels}), path, row_group_size=4, compression="none")
    found = chunks.cut(str(path))
    said = [image.problem for image in reader.images(str(path), found[0])]
    few, none = "has 5 grey levels, expected 784", "has grey levels that are missing"
    assert said == ["", few, "has no image", none]
    start = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    content = path.read_bytes()
    path.write_bytes(content[:start] + b"\xff" * 20 + content[start + 20 :])
    lost = list(reader.images(str(path), found[1]))
    assert [image.row for image in lost] == [4, 5, 6, 7]
    assert all(image.problem.startswith("cannot be read") for image in lost)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: None, "is not there; name a folder of images, or Parquet"),
        (lambda p: p.mkdir(), "has no image"),
        (lambda p: (p.mkdir(), (p / "a.parquet").write_text("no")), "is no Parquet file"),
        (
            lambda p: (p.mkdir(), pq.write_table(pa.table({"x": [1]}), p / "a.parquet")),
            "has no column of images",
        ),
        (
            lambda p: (p.mkdir(), (p / "a.png").touch(), (p / "a.parquet").touch()),
            "has images and Parquet",
        ),
    ],
)
def test_an_input_without_images_is_one_line(tmp_path, make, words):
    make(tmp_path / "in")
    with pytest.raises(InputError, match=words) as caught:
        chunks.cut(str(tmp_path / "in"))
    assert "\n" not in str(caught.value)


def test_an_unknown_file_system_is_one_line():
    with pytest.raises(InputError, match=r"cannot be opened: .*; name a path, or a URL"):
        chunks.cut("nosuch://bucket/images")


class Denied(BaseHTTPRequestHandler):
    """An object store that answers nothing."""

    def answer(self):
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_PUT = do_POST = answer

    def log_message(self, *_):
        pass


def test_a_bucket_that_may_not_be_read_is_one_line_without_its_password(tmp_path):
    server = HTTPServer(("127.0.0.1", 0), Denied)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    where = f"endpoint_override=127.0.0.1:{server.server_port}&scheme=http&region=eu-central-1"
    place = f"s3://me:secret@bucket/in?{where}"
    try:
        for action, words in (
            (chunks.cut, "cannot be read: "),
            (lambda url: score.begin(url, {}), "cannot be written: "),
        ):
            with pytest.raises(InputError, match=words) as caught:
                action(place)
            assert "secret" not in str(caught.value) and "\n" not in str(caught.value)
    finally:
        server.shutdown()
        server.server_close()


def test_every_format_that_predict_reads_is_found_in_a_folder(folder):
    (folder / "5.PGM").write_bytes(b"P5 8 8 255 " + bytes(64))
    (folder / "6.jp2").touch()
    (chunk,) = chunks.cut(str(folder))
    assert {path[-5:] for path in chunk.paths} >= {"5.PGM", "6.jp2"}
    assert set(reading.FORMATS) <= {
        Image.registered_extensions()[suffix] for suffix in chunks.SUFFIXES
    }
