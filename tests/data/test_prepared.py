import json
from dataclasses import asdict

import numpy as np
import pytest

from mnist.core import files
from mnist.core.errors import InputError
from mnist.data import prepared

DATASET = prepared.PreparedDataset("mnist", list("0123456789"), True, 0.1307, 0.3081)

FLAT = json.dumps(asdict(DATASET) | {"std": 0}).encode()


def test_what_was_written_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files.write_json(prepared.DATASET, asdict(DATASET))
    assert prepared.dataset() == DATASET
    images = np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 28, 28)
    files.write_arrays(prepared.path("test"), images=images, labels=np.uint8([7, 2]))
    found, labels = prepared.load("test")
    assert np.array_equal(found, images)
    assert labels.dtype == np.int64 and labels.tolist() == [7, 2]


@pytest.mark.parametrize("content", [b"{", b'{"name": "mnist"}', b"[]", FLAT])
def test_a_damaged_description_is_an_error_that_names_it(content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files.write(prepared.DATASET, content)
    with pytest.raises(InputError, match=r"data/prepared/dataset\.json is not what belongs there"):
        prepared.dataset()
