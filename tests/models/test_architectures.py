import pytest
import torch
from torch import nn

from mnist.models import ann, cnn
from mnist.models.layers import Normalise

IMAGES = torch.rand(5, 1, 28, 28)
COMMITTED = {ann: ((512, 512), 670_730), cnn: ((16, 32, 48, 96), 98_714)}


def kinds(model):
    return {type(layer) for layer in model.modules()}


@pytest.mark.parametrize("architecture", COMMITTED)
def test_an_architecture_has_the_documented_number_of_parameters(architecture):
    widths, parameters = COMMITTED[architecture]
    model = architecture.build(classes=10, widths=widths, dropout=0.1)
    assert sum(p.numel() for p in model.parameters()) == parameters
    assert f"{parameters:,} parameters" in architecture.build.__doc__


def test_the_cnn_is_of_convolution_pooling_relu_and_dropout_and_the_ann_of_none_of_the_first_two():
    convolutional = cnn.build(classes=10, widths=[2, 2, 2, 2], dropout=0.2)
    dense = ann.build(classes=10, widths=[4], dropout=0.2)
    assert {nn.Conv2d, nn.MaxPool2d, nn.ReLU, nn.Dropout} <= kinds(convolutional)
    assert {nn.Linear, nn.ReLU, nn.Dropout} <= kinds(dense)
    assert not {nn.Conv2d, nn.MaxPool2d} & kinds(dense)


@pytest.mark.parametrize("classes", [2, 10, 26])
@pytest.mark.parametrize(
    ("architecture", "widths"), [(ann, [7, 5, 3]), (ann, [4]), (cnn, [3, 5, 7, 9])]
)
def test_images_become_a_logit_per_class(architecture, widths, classes):
    model = architecture.build(classes=classes, widths=widths, dropout=0.5)
    assert model(IMAGES).shape == (5, classes)


@pytest.mark.parametrize("architecture", COMMITTED)
def test_what_is_accepted_is_what_build_takes(architecture):
    arguments = set(architecture.build.__kwdefaults__ or {})
    arguments |= set(architecture.build.__annotations__) - {"return"}
    assert arguments == {"classes", *architecture.ACCEPTED}


def test_the_normalisation_is_of_the_stretched_image():
    stretched = Normalise(0.0, 1.0)(IMAGES)
    assert stretched.amin() == 0 and stretched.amax() == 1
    assert torch.allclose(Normalise(0.13, 0.3)(IMAGES), (stretched - 0.13) / 0.3, atol=1e-5)


def test_grey_paper_and_faint_ink_change_nothing_and_a_blank_image_no_number():
    stretch = Normalise(0.1, 0.3)
    assert torch.allclose(stretch(0.5 + IMAGES / 4), stretch(IMAGES), atol=1e-5)
    assert stretch(torch.full((2, 1, 28, 28), 0.7)).isfinite().all()
