"""Images of a folder or of Parquet are cut into chunks that are always the same."""

import io
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from PIL import Image

reason = "it is in the environment that 'make search' makes"
pa = pytest.importorskip("pyarrow", reason=reason)
pytest.importorskip("ray", reason=reason)

import pyarrow.parquet as pq  # noqa: E402

from mnist.core.errors import InputError  # noqa: E402
from mnist.models import ensemble, weights  # noqa: E402
from mnist.photos import pages, reading  # noqa: E402
from pipelines.cluster import score  # noqa: E402
from pipelines.cluster.scoring import chunks, reader, worker  # noqa: E402


def png(levels):
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, "PNG")
    return buffer.getvalue()


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


def test_a_folder_is_cut_at_any_depth_and_in_order(folder, monkeypatch):
    monkeypatch.setattr(chunks, "IMAGES", 2)
    found = chunks.cut(str(folder))
    assert [len(chunk.paths) for chunk in found] == [2, 2, 1]
    assert [chunk.number for chunk in found] == [0, 1, 2]
    assert found[2].paths[0].endswith("more/4.png")
    assert chunks.cut(f"file://{folder}") == found
    assert [image.row for image in reader.images(str(folder), found[0])] == [None, None]


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


def test_rows_are_what_predict_says_and_a_bad_image_is_one_with_its_reason(folder):
    (folder / "0.png").write_bytes(b"no image")
    (folder / "1.png").write_bytes(png(np.full((30, 30), 255, np.uint8)))
    arguments = {"classes": 10, "widths": [4, 4, 8, 16], "dropout": 0.0}
    made = weights.Configuration("cnn", arguments, 0.15, 0.3)
    networks = [weights.build(made, seed).eval() for seed in range(2)]
    (chunk,) = chunks.cut(str(folder))
    table = worker.rows(list(reader.images(str(folder), chunk)), networks, 0.5)
    found = table.to_pylist()
    assert [row["place"] for row in found] == [None, None, 1, 1, 1]
    assert "0.png is no image" in found[0]["problem"] and found[0]["digit"] is None
    assert "ink" in found[1]["problem"] or "digit" in found[1]["problem"]
    for row in found[2:]:
        (said,) = ensemble.predict(networks, pages.read(row["source"]))
        assert row["digit"] == said.argmax() and row["probability"] == pytest.approx(said.max())
        assert row["sure"] == (said.max() >= 0.5) and row["problem"] is None


def test_a_folder_that_was_begun_with_others_is_refused_and_so_is_one_that_holds_others(tmp_path):
    about = {"model": "cnn", "chunks": 3}
    target = str(tmp_path / "out")
    assert score.begin(target, about) == set()
    (tmp_path / "out" / "part-0000001.parquet").touch()
    assert score.begin(target, about) == {"_about.json", "part-0000001.parquet"}
    assert json.loads((tmp_path / "out" / "_about.json").read_text()) == about
    with pytest.raises(InputError, match="was begun with other model; name a new folder"):
        score.begin(target, {**about, "model": "ann"})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").touch()
    with pytest.raises(InputError, match=r"also holds mine\.txt; name an empty folder"):
        score.begin(str(tmp_path / "other"), about)
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        score.begin(str(tmp_path / "file"), about)


def test_what_was_begun_of_images_that_were_replaced_since_does_not_go_on(folder, monkeypatch):
    monkeypatch.setattr(score.runs, "digest", lambda model, seed: "0")
    place, target = str(folder), str(folder.parent / "out")

    def begun():
        return score.begin(target, score.described(place, "cnn", [0], chunks.cut(place)))

    begun()
    begun()
    path = folder / "3.png"
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1000))
    with pytest.raises(InputError, match="was begun with other files"):
        begun()


def test_what_a_kill_left_of_the_beginning_is_no_other_file(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / score.DRAFT).write_text("{")
    assert score.begin(str(tmp_path / "out"), {"model": "cnn"}) == set()
    assert json.loads((tmp_path / "out" / score.ABOUT).read_text()) == {"model": "cnn"}


def test_a_chunk_is_written_whole_whatever_its_folder_is_called(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(worker.ray, "get", lambda networks: networks)
    monkeypatch.setattr(worker, "rows", lambda *given: worker.SCHEMA.empty_table())
    target = tmp_path / "part-1" / "out"
    target.mkdir(parents=True)
    here = os.getcwd()
    try:
        scorer = worker.Scorer("in", str(target), [[]], 0.5, str(folder.parent))
        (chunk,) = chunks.cut("in")
        scorer.read(chunk)
        assert next(reader.images("in", chunk)).content, "relative paths are of the given folder"
    finally:
        os.chdir(here)
    assert [path.name for path in target.iterdir()] == ["part-0000000.parquet"]


def test_every_format_that_predict_reads_is_found_in_a_folder(folder):
    (folder / "5.PGM").write_bytes(b"P5 8 8 255 " + bytes(64))
    (folder / "6.jp2").touch()
    (chunk,) = chunks.cut(str(folder))
    assert {path[-5:] for path in chunk.paths} >= {"5.PGM", "6.jp2"}
    assert set(reading.FORMATS) <= {
        Image.registered_extensions()[suffix] for suffix in chunks.SUFFIXES
    }
