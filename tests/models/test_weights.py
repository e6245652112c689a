import io
import sys
import types

import pytest
import torch
from torch import nn

from mnist.core.errors import InputError
from mnist.models import ann, weights
from mnist.models.weights import Configuration

IMAGES = torch.rand(5, 1, 28, 28)
ARGUMENTS = {
    "ann": {"classes": 10, "widths": [4, 3], "dropout": 0.5},
    "cnn": {"classes": 7, "widths": [1, 2, 3, 4], "dropout": 0.5},
}


def configured(name="ann"):
    return Configuration(name, ARGUMENTS[name], 0.13, 0.31)


def saved(path, name="ann"):
    model = weights.build(configured(name), seed=0).eval()
    weights.save(path, configured(name), model.state_dict())
    return model


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_saved_network_is_built_again_from_its_file_alone(name, tmp_path):
    model = saved(tmp_path / "weights.pt", name)
    again = weights.load(tmp_path / "weights.pt", name)
    assert torch.equal(model(IMAGES), again(IMAGES)) and not again.training


def test_the_file_has_the_whole_configuration_and_torch_can_read_it(tmp_path):
    saved(tmp_path / "weights.pt")
    content = torch.load(tmp_path / "weights.pt", weights_only=True)
    assert Configuration(**content["configuration"]) == configured()


def test_the_seed_decides_the_initial_weights():
    one, same, other = (weights.build(configured(), seed)(IMAGES) for seed in (1, 1, 2))
    assert not torch.equal(one, other) and one.shape == same.shape
    a, b = (weights.build(configured(), 1).state_dict() for _ in range(2))
    assert all(torch.equal(a[key], b[key]) for key in a)


def test_the_same_weights_are_the_same_bytes_under_any_name(tmp_path):
    for name in ("a.pt", "b.pt"):
        saved(tmp_path / name)
    assert (tmp_path / "a.pt").read_bytes() == (tmp_path / "b.pt").read_bytes()


def test_any_flipped_byte_is_found(tmp_path):
    path = tmp_path / "weights.pt"
    saved(path)
    whole = path.read_bytes()
    for place in [*range(0, len(whole), len(whole) // 40), len(whole) - 1]:
        damaged = bytearray(whole)
        damaged[place] ^= 4
        path.write_bytes(damaged)
        with pytest.raises(InputError, match=r"weights\.pt is not what belongs there; 'dvc repro'"):
            weights.load(path, "ann")


def torched(value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content", [None, b"", b"text", torched(3), torched({"state": {}}), torched(nn.Linear(1, 1))]
)
def test_what_is_not_weights_ends_in_one_line(content, tmp_path):
    if content is not None:
        (tmp_path / "w.pt").write_bytes(content)
    with pytest.raises(InputError, match=r"w\.pt") as error:
        weights.load(tmp_path / "w.pt", "ann")
    assert "\n" not in str(error.value) and error.value.__cause__


def test_weights_of_another_architecture_are_not_taken(tmp_path):
    saved(tmp_path / "w.pt", "cnn")
    with pytest.raises(InputError, match="is not what belongs there"):
        weights.load(tmp_path / "w.pt", "ann")


def test_weights_of_an_architecture_that_was_edited_since_say_so(tmp_path, monkeypatch):
    saved(tmp_path / "w.pt")
    monkeypatch.setattr(ann, "build", lambda **_: nn.Linear(2, 2))
    with pytest.raises(InputError, match=r"does not fit stages/mnist/models/ann\.py as it is now"):
        weights.load(tmp_path / "w.pt", "ann")


def test_a_bug_in_the_code_of_a_model_is_not_taken_for_a_broken_file(tmp_path, monkeypatch):
    saved(tmp_path / "w.pt")

    def broken(**_):
        raise ZeroDivisionError("a bug in build")

    monkeypatch.setattr(ann, "build", broken)
    with pytest.raises(ZeroDivisionError, match="a bug in build"):
        weights.load(tmp_path / "w.pt", "ann")


@pytest.mark.parametrize("name", ["rnn", "weights", "inference", "../ann", "a b", ""])
def test_a_name_that_is_no_architecture_says_where_one_would_be(name):
    with pytest.raises(InputError, match="is no architecture; give stages/mnist/models/"):
        weights.architecture(name)


def test_an_architecture_that_cannot_be_imported_keeps_its_traceback(tmp_path, monkeypatch):
    (tmp_path / "broken.py").write_text("import no_such_module\n")
    package = sys.modules["mnist.models"]
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        weights.architecture("broken")


def test_any_module_with_a_build_is_an_architecture(monkeypatch, tmp_path):
    code = "from torch import nn\nACCEPTED = {}\n"
    code += (
        "def build(*, classes):\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, classes))"
    )
    (tmp_path / "linear.py").write_text(code)
    package = sys.modules["mnist.models"]
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    assert isinstance(weights.architecture("linear"), types.ModuleType)
    model = weights.build(Configuration("linear", {"classes": 3}, 0.1, 0.3))
    assert model(IMAGES).shape == (5, 3)
