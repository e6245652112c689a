import pytest
import torch
from torch import nn

import levers
import muon
from helpers import ROOT
from mnist.core import params
from mnist.training import augmentation, loop

RECIPE = {"epochs": 60, "batch_size": 20, "learning_rate": 0.01, "weight_decay": 0.0}
RECIPE |= {"label_smoothing": 0.0, "averaging": 0.0}
OFF = dict.fromkeys(augmentation.ACCEPTED, 0.0)


def trained(classes=10):
    """Return a small network after training on forty images of two classes, dark and light."""
    torch.manual_seed(0)
    labels = torch.arange(40) % 2
    images = (labels.view(-1, 1, 1) * 100 + torch.randint(0, 50, (40, 28, 28))).byte()
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 8), nn.ReLU(), nn.Linear(8, classes))
    *_, last = loop.train(model, images, labels, {}, OFF, 0, **RECIPE)
    model.load_state_dict(last.weights)
    return model, last, (images[:, None] / 255, labels)


def test_what_is_nearly_orthogonal_has_singular_values_near_one():
    for shape in ((8, 30), (30, 8)):
        values = torch.linalg.svdvals(muon.orthogonal(torch.randn(shape)))
        assert values.min() > 0.5 and values.max() < 1.5


def test_muon_trains_hidden_matrices_and_adamw_the_rest():
    with muon.in_place(0.02, 0.01):
        model, last, (images, labels) = trained()
    assert last.objective < 0.5 and (model(images).argmax(1) == labels).float().mean() > 0.8
    plain, _, _ = trained()
    assert not torch.allclose(plain[1].weight, model[1].weight)
    assert torch.optim.AdamW.__name__ == "AdamW"


@pytest.mark.parametrize("name", ["weight", "bias"])
def test_the_head_and_biases_are_adamw_s(name):
    model = nn.Sequential(nn.Linear(6, 10))
    adam = {"betas": (0.9, 0.99), "weight_decay": 0.0}
    with torch.no_grad():
        twin = nn.Sequential(nn.Linear(6, 10))
        twin.load_state_dict(model.state_dict())
    ours = muon.Muon([{"params": list(model.parameters())}], 2.0, **adam)
    theirs = torch.optim.AdamW(twin.parameters(), lr=1e-3, **adam)
    for network, optimizer in ((model, ours), (twin, theirs)):
        network(torch.ones(2, 6)).square().sum().backward()
        optimizer.step()
    assert torch.equal(getattr(model[0], name), getattr(twin[0], name))


def test_a_coarse_grid_is_as_strong_as_a_fine_one_and_smooth():
    fields = levers.coarse(50, torch.Generator().manual_seed(0))
    assert fields.shape == (50, 28, 28, 2) and fields.std() == pytest.approx(1, abs=0.01)
    assert (fields[:, 1:] - fields[:, :-1]).std() < 0.3
    with levers.grid():
        assert augmentation.waves is levers.coarse
    assert augmentation.waves is not levers.coarse


def test_a_distilled_network_learns_what_its_teachers_say():
    class Wrong(nn.Module):
        def forward(self, images):
            return torch.full((len(images), 10), -9.0).index_fill(1, torch.tensor(7), 9.0)

    with levers.distilled([Wrong(), Wrong()]):
        model, _, (images, _) = trained()
    assert (model(images).argmax(1) == 7).float().mean() > 0.9
    assert loop.F.cross_entropy is nn.functional.cross_entropy


def test_every_lever_changes_keys_that_there_are():
    settings = params.read(ROOT / "tests" / "params.yaml")
    for (name, _), (change, _) in levers.levers(settings, list).items():
        assert change.keys() <= settings[name].keys() | settings["augment"].keys()
