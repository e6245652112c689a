import numpy as np
import pytest

reason = "it is in the environment that 'make search' makes"
pytest.importorskip("ray", reason=reason)

import pyarrow.parquet as pq  # noqa: E402

import scoring  # noqa: E402
from mnist.core import files  # noqa: E402
from mnist.data import prepared  # noqa: E402
from pipelines.cluster.scoring import chunks, reader  # noqa: E402


@pytest.fixture
def project(tmp_path, monkeypatch, digits):
    monkeypatch.chdir(tmp_path)
    images, labels = digits
    for part, rows in (("test", slice(0, 10)), ("train", slice(10, 30))):
        files.write_arrays(prepared.path(part), images=images[rows], labels=labels[rows])
    return tmp_path


def test_images_are_repeated_and_read_back_as_they_are(project, digits, monkeypatch):
    monkeypatch.setattr(scoring, "GROUP", 20)
    scoring.write("in.parquet", 50)
    assert pq.ParquetFile("in.parquet").num_row_groups == 3
    parts = chunks.cut("in.parquet")
    found = [each.content for part in parts for each in reader.images("in.parquet", part)]
    assert np.array_equal(found, digits[0][np.arange(50) % 30])


def test_what_is_finished_is_skipped_and_what_is_compared_takes_turns(project, monkeypatch):
    asked = []
    monkeypatch.setattr(scoring, "write", lambda path, images: path.touch())
    monkeypatch.setattr(scoring, "run", lambda *key: asked.append(key[1:]) or {})
    monkeypatch.setattr(scoring, "PATH", project / "scoring.csv")
    scoring.main()
    scoring.main()
    in_turns = [(workers, scoring.SPEED) for workers in scoring.WORKERS] * scoring.ROUNDS
    assert asked == in_turns + [(2, images) for images in scoring.MEMORY]
