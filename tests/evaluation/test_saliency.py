import torch
from torch import nn

from mnist.evaluation import saliency
from mnist.models import cnn

IMAGES = torch.randint(0, 256, (3, 28, 28), dtype=torch.uint8)


def test_the_map_shows_the_only_pixels_that_matter():
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10, bias=False))
    nn.init.zeros_(model[1].weight)
    model[1].weight.data[3, 5 * 28 + 7] = 1.0
    model[1].weight.data[8, 20 * 28 + 2] = -0.5
    maps = saliency.smooth_gradient(model, IMAGES)
    assert maps.shape == (3, 28, 28)
    for each in maps:
        assert set(map(tuple, each.nonzero().tolist())) <= {(5, 7), (20, 2)}
        assert each.max() == 1


def test_a_network_that_looks_nowhere_has_an_empty_map():
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    nn.init.zeros_(model[1].weight)
    assert saliency.smooth_gradient(model, IMAGES).abs().max() == 0


def test_maps_are_repeatable_finite_and_leave_the_network_as_it_was():
    model = cnn.build(classes=10, widths=[2, 3, 4, 5], dropout=0.5)
    before = [p.clone() for p in model.parameters()]
    first = saliency.smooth_gradient(model, IMAGES)
    assert torch.equal(first, saliency.smooth_gradient(model, IMAGES))
    assert first.isfinite().all() and first.min() >= 0
    pairs = zip(before, model.parameters(), strict=True)
    assert all(torch.equal(a, b) and b.grad is None for a, b in pairs)
