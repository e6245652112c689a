"""What is exported follows the parameters of both pipelines."""

import pytest

from mnist.core import params
from mnist.core.errors import InputError
from pipelines.edge import exported

EDGE = {"seed": 1, "ensembles": ["b"], "calibration": 500}


def test_every_model_is_exported_alone_and_some_as_ensembles():
    found = exported.subjects(["a", "b"], [0, 1], EDGE)
    assert [(each.name, each.model, each.seeds, each.ensemble) for each in found] == [
        ("a", "a", (1,), False),
        ("b", "b", (1,), False),
        ("b_ensemble", "b", (0, 1), True),
    ]
    assert found[2].path("int8").name == "b_ensemble_int8.tflite"
    assert [path.as_posix() for path in found[2].weights()] == [
        "data/models/b/0/weights.pt",
        "data/models/b/1/weights.pt",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [({"seed": 7}, "edge.seed is 7"), ({"ensembles": ["c"]}, "edge.ensembles has c")],
)
def test_what_the_root_does_not_train_is_refused_in_one_line(change, words):
    with pytest.raises(InputError, match=words) as caught:
        exported.subjects(["a", "b"], [0, 1], {**EDGE, **change})
    assert "pipelines/edge/params.yaml" in str(caught.value)


@pytest.mark.parametrize("change", [{"calibration": 0}, {"seed": True}, {"ensembles": "cnn"}])
def test_a_wrong_parameter_names_its_file(change):
    with pytest.raises(InputError, match=r"mend pipelines/edge/params\.yaml"):
        params.check({"edge": {**EDGE, **change}}, exported.ACCEPTED, exported.PARAMS)
