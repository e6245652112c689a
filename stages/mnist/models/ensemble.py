"""All networks of a model, one per seed, asked together."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mnist.models import inference

# Row and column at which 28 × 28 pixels are cut from an image padded by one: as it is, and moved.
POSITIONS = (1, 1), (0, 1), (2, 1), (1, 0), (1, 2)


class Ensemble(nn.Module):
    """The mean probabilities of several networks, each of which sees an image in five places.

    An ensemble mostly errs less often than its members (Cireşan et al. 2012, arXiv:1202.2745). The
    places, a pixel apart, are test-time augmentation as in Krizhevsky et al. 2012, section 4.1:
    centring by whole pixels might have put the digit there just as well.
    """

    def __init__(self, networks: Sequence[nn.Module]):
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, images: Tensor) -> Tensor:
        """Return probabilities (n, classes) of images (n, 1, 28, 28), float32 in 0..1."""
        padded = F.pad(images, (1, 1, 1, 1))
        moved = [padded[:, :, y : y + 28, x : x + 28] for y, x in POSITIONS]
        each = [network(x).softmax(1) for network in self.networks for x in moved]
        return torch.stack(each).mean(0)


def predict(networks: Sequence[nn.Module], images: np.ndarray) -> np.ndarray:
    """Return the ensemble's probabilities, float32 (n, classes), of uint8 images (n, 28, 28)."""
    if not len(images):  # no batch would say how many classes there are
        return inference.predict(networks[0], torch.zeros(1, 28, 28, dtype=torch.uint8))[:0].numpy()
    return inference.outputs(Ensemble(networks), torch.from_numpy(images)).numpy()
