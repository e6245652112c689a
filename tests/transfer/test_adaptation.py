"""The method: what moves, how far, and what keeps it from harm."""

import numpy as np
import pytest
import torch

from mnist.models import ensemble
from pipelines.transfer.adaptation import method, trained
from pipelines.transfer.adaptation.trained import Labelled
from transfer import small


@pytest.fixture(scope="module")
def model(tmp_path_factory, digits):
    folder = tmp_path_factory.mktemp("adaptation")
    small.make(folder, *digits)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return trained.load("ann", small.SEEDS)


@pytest.fixture(scope="module")
def aside(digits):
    """Return the foreign digits as by someone whose digits stand aside, by three pixels."""
    images, labels = digits
    return Labelled(np.roll(images[1497:], 3, axis=2), labels[1497:])


def few(digits, per_class):
    chosen = [np.flatnonzero(digits.labels == digit)[:per_class] for digit in range(10)]
    return digits[np.concatenate(chosen)]


def accuracy(networks, digits):
    return (ensemble.predict(networks, digits.images).argmax(1) == digits.labels).mean()


def states(networks):
    return [value for network in networks for value in network.state_dict().values()]


def test_another_hand_is_read_better_and_the_trained_networks_stay(model, aside):
    before = [value.clone() for value in states(model.networks)]
    found = method.adapted(model, few(aside, 10), small.AUGMENT)
    rest = aside[150:]  # hardly any of the ten per class
    assert accuracy(found.networks, rest) > accuracy(model.networks, rest) + 0.05
    assert all(map(torch.equal, before, states(model.networks)))
    assert 0 < found.factor <= 1 and set(found.held_out) == set(method.FACTORS)
    assert found.mnist[1] <= found.mnist[0] + 5


def test_the_same_digits_give_the_same_bytes(model, aside):
    one, other = (method.adapted(model, few(aside, 3), small.AUGMENT) for _ in range(2))
    assert one.held_out == other.held_out
    assert all(map(torch.equal, states(one.networks), states(other.networks)))


def test_of_one_digit_per_class_nothing_is_chosen(model, aside):
    found = method.adapted(model, few(aside, 1), small.AUGMENT)
    assert found.held_out == {} and found.factor <= method.DEFAULT


def test_where_digits_are_read_no_better_the_trained_networks_stay():
    assert method.chosen_factor({0.0: (0, 0.1), 0.5: (0, 0.2), 1.0: (1, 0.05)}) == 0
    assert method.chosen_factor({0.0: (1, 0.1), 0.5: (1, 0.09), 1.0: (2, 0.01)}) == 0.5
    assert method.chosen_factor({}) == method.DEFAULT


def test_wrong_labels_are_not_learnt(model, digits):
    own = few(Labelled(digits[0][1497:], digits[1][1497:]), 5)
    wrong = Labelled(own.images, (own.labels + 1) % 10)
    found = method.adapted(model, wrong, small.AUGMENT)
    assert found.mnist[1] <= found.mnist[0] + 5


def test_the_factor_is_lowered_until_mnist_is_not_forgotten(model, aside, monkeypatch):
    monkeypatch.setattr(method, "DEFAULT", 1.0)
    hurt = {1.0: 30, 0.75: 12, 0.5: 0}  # errors more by factor
    steps = iter(hurt.items())

    def wrong(networks, images):
        found = model.before.copy()
        found[np.flatnonzero(~found)[: next(steps)[1]]] = True
        return found

    monkeypatch.setattr(method, "wrong", wrong)
    found = method.adapted(model, few(aside, 1), small.AUGMENT)
    assert found.factor == 0.5 and found.mnist[1] == found.mnist[0]


def test_weights_between_are_the_ends_at_the_ends(model, aside):
    network = model.networks[0]
    tuned = method.fine_tuned(model, 0, few(aside, 1), small.AUGMENT, 0)
    for factor, end in ((0.0, network), (1.0, tuned)):
        found = method.interpolated(network, tuned, factor)
        for one, other in zip(states([found]), states([end]), strict=True):
            assert torch.allclose(one.float(), other.float(), atol=1e-6)


def test_folds_hold_every_class_as_often():
    labels = np.repeat(np.arange(10), 5)
    found = method.folds(labels, 0)
    assert set(found) == {0, 1, 2}
    for fold in range(3):
        assert set(labels[found != fold]) == set(range(10))
        assert np.bincount(labels[found == fold], minlength=10).tolist() in ([1] * 10, [2] * 10)
    assert set(method.folds(np.append(labels, labels), 0)) == {0, 1, 2}
    assert method.folds(np.arange(10), 0).max() == 0
    rare = np.append(np.repeat(np.arange(9), 4), [9, 9])
    assert method.folds(rare, 0).max() == 1
