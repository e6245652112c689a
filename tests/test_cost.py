import pytest
import torch

from mnist import cost, models


def test_the_arithmetic_of_the_ann_is_counted_as_by_hand():
    model = models.ann(widths=[800, 800], dropout=0).eval()
    assert cost.multiply_accumulates(model) == 784 * 800 + 800 * 800 + 800 * 10


def test_the_arithmetic_of_the_cnn_is_counted_as_by_hand():
    model = models.cnn(widths=[16, 32, 48, 96], dropout=0).eval()
    by_hand = 24**2 * 16 * 25 + 10**2 * 32 * 16 * 9 + 8**2 * 48 * 32 * 9 + 2**2 * 96 * 48 * 9
    by_hand += 2**2 * 96 * 96 + 96 * 10
    assert cost.multiply_accumulates(model) == by_hand


def test_networks_take_turns_and_get_a_rate_each():
    calls = []

    class Spy(torch.nn.Module):
        def __init__(self, name):
            super().__init__()
            self.name = name

        def forward(self, images):
            calls.append(self.name)
            return images

    rates = cost.images_per_second({n: Spy(n) for n in ("ann", "cnn")}, 4, seconds=0.03, rounds=3)
    assert rates.keys() == {"ann", "cnn"} and min(rates.values()) > 0
    turns = [name for i, name in enumerate(calls) if i == 0 or calls[i - 1] != name]
    assert turns == ["ann", "cnn"] * 3


@pytest.mark.parametrize(("target", "seconds"), [(0.9, 5), (0.95, 11), (0.99, None)])
def test_seconds_to_an_accuracy(target, seconds):
    assert cost.seconds_to(target, [0.91, 0.93, 0.96], [5, 8, 11]) == seconds
