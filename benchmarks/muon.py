"""Muon, an optimiser for matrices, in place of AdamW.

Jordan 2024, kellerjordan.github.io/posts/muon.
"""

from contextlib import contextmanager
from unittest.mock import patch

import torch


class Muon(torch.optim.Optimizer):
    """Muon on the hidden layers' matrices, AdamW on all else.

    A convolution's weights are a matrix with a row per output channel. The learning rate follows
    AdamW's, times the ratio of the peaks.
    """

    def __init__(self, groups, ratio, classes=10, **adam):
        self.ratio, self.classes = ratio, classes
        super().__init__(groups, {"lr": 1e-3})
        rest = [
            {**group, "params": [p for p in group["params"] if not self.hidden(p)]}
            for group in self.param_groups
        ]
        self.rest = torch.optim.AdamW([group for group in rest if group["params"]], **adam)

    def hidden(self, p):
        """Return whether a parameter is a hidden layer's matrix."""
        return p.ndim > 1 and p.shape[0] != self.classes

    @torch.no_grad()
    def step(self, closure=None):
        """Take a step on all parameters that have a gradient."""
        for group in self.param_groups:
            for p in filter(self.hidden, group["params"]):
                momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
                momentum.lerp_(p.grad, 0.05)
                matrix = p.grad.lerp(momentum, 0.95).flatten(1)
                change = orthogonal(matrix) * max(1, matrix.shape[0] / matrix.shape[1]) ** 0.5
                rate = group["lr"] * self.ratio
                p.mul_(1 - group["lr"] * group.get("weight_decay", 0.0))
                p.add_(change.view_as(p), alpha=-rate)
        for group in self.rest.param_groups:
            group["lr"] = self.param_groups[0]["lr"]
        self.rest.step()


def orthogonal(matrix, steps=5):
    """Return about the nearest matrix with equal singular values, by Newton and Schulz's iteration.

    The coefficients are those of the author's code, github.com/KellerJordan/Muon.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


@contextmanager
def in_place(peak, learning_rate):
    """Let the loop train with Muon, with this peak of the learning rate."""
    adamw = torch.optim.AdamW

    def made(groups, **given):
        with patch.object(torch.optim, "AdamW", adamw):  # Muon uses it itself
            return Muon(groups, peak / learning_rate, **given)

    with patch.object(torch.optim, "AdamW", made):
        yield
