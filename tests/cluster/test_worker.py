"""What a worker leaves of a chunk, and where an earlier call may go on."""

import json
import os

import numpy as np
import pytest

reason = "it is in the environment that 'make search' makes"
pa = pytest.importorskip("pyarrow", reason=reason)
pytest.importorskip("ray", reason=reason)

from cluster.pictures import png  # noqa: E402
from mnist.core.errors import InputError  # noqa: E402
from mnist.models import ensemble, weights  # noqa: E402
from mnist.photos import pages  # noqa: E402
from pipelines.cluster import score  # noqa: E402
from pipelines.cluster.scoring import chunks, reader, worker  # noqa: E402


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


def test_a_machine_without_the_folder_of_the_command_reads_what_is_named_in_full(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(worker.ray, "get", lambda networks: networks)
    gone, here = str(tmp_path / "gone"), os.getcwd()
    worker.Scorer("s3://in", str(tmp_path), [[]], 0.5, gone)
    assert os.getcwd() == here
    with pytest.raises(FileNotFoundError):
        worker.Scorer("in", "s3://out", [[]], 0.5, gone)


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
