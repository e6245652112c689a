import io

import pytest
import torch
from torch import nn

from mnist import models
from mnist.errors import Refused

IMAGES = torch.rand(5, 1, 28, 28)


def kinds(model):
    return {type(layer) for layer in model.modules()}


def test_the_ann_has_the_documented_number_of_parameters():
    assert models.parameters(models.ann(widths=[512, 512], dropout=0.1)) == 670_730
    assert "670,730 parameters" in models.ann.__doc__


def test_the_cnn_has_the_documented_number_of_parameters():
    assert models.parameters(models.cnn(widths=[16, 32, 48, 96], dropout=0.2)) == 98_714
    assert "98,714 parameters" in models.cnn.__doc__


def test_the_cnn_is_of_convolution_pooling_relu_and_dropout_and_the_ann_of_none_of_the_first_two():
    cnn, ann = models.cnn(widths=[2, 2, 2, 2], dropout=0.2), models.ann(widths=[4], dropout=0.2)
    assert {nn.Conv2d, nn.MaxPool2d, nn.ReLU, nn.Dropout} <= kinds(cnn)
    assert {nn.Linear, nn.ReLU, nn.Dropout} <= kinds(ann)
    assert not {nn.Conv2d, nn.MaxPool2d} & kinds(ann)


@pytest.mark.parametrize(
    ("name", "widths"), [("ann", [7, 5, 3]), ("ann", [4]), ("cnn", [3, 5, 7, 9])]
)
def test_images_become_ten_logits_and_saved_weights_load(name, widths, tmp_path):
    model = models.ARCHITECTURES[name](widths=widths, dropout=0.5, mean=0.1, std=0.3).eval()
    models.save(tmp_path / "weights.pt", name, widths, model.state_dict())
    again = models.load(tmp_path / "weights.pt", name)
    assert model(IMAGES).shape == (5, 10)
    assert torch.equal(model(IMAGES), again(IMAGES))


def test_the_normalisation_is_inside_the_network():
    model = models.ann(widths=[6], dropout=0, mean=0.13, std=0.3)
    stretched = models.Normalise(0.0, 1.0)(IMAGES)
    assert stretched.amin() == 0 and stretched.amax() == 1
    assert torch.allclose(model[0](IMAGES), (stretched - 0.13) / 0.3, atol=1e-5)


def test_grey_paper_and_faint_ink_change_nothing_and_a_blank_image_no_number():
    stretch = models.Normalise(0.1, 0.3)
    assert torch.allclose(stretch(0.5 + IMAGES / 4), stretch(IMAGES), atol=1e-5)
    assert stretch(torch.full((2, 1, 28, 28), 0.7)).isfinite().all()


def test_the_same_weights_are_the_same_bytes_under_any_name(tmp_path):
    state = models.ann(widths=[4], dropout=0).state_dict()
    for name in ("a.pt", "b.pt"):
        models.save(tmp_path / name, "ann", [4], state)
    assert (tmp_path / "a.pt").read_bytes() == (tmp_path / "b.pt").read_bytes()


SMALL = models.cnn(widths=[1, 1, 1, 1], dropout=0)


def saved(value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"text",
        saved(3),
        saved({"architecture": "rnn", "widths": [1], "state": {}}),
        saved({"architecture": "ann", "widths": [1], "state": {}}),
        saved({"architecture": "cnn", "widths": [1, 1, 1, 1], "state": SMALL.state_dict()}),
        saved(models.ann(widths=[4], dropout=0)),
    ],
)
def test_what_is_not_weights_is_refused_in_a_line(content, tmp_path):
    if content is not None:
        (tmp_path / "w.pt").write_bytes(content)
    with pytest.raises(Refused, match=r"w\.pt") as refusal:
        models.load(tmp_path / "w.pt", "ann")
    assert "\n" not in str(refusal.value)
