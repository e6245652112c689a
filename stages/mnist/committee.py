"""All networks of a model, one per seed, asked together."""

import torch
import torch.nn.functional as F

from mnist import inference, models, runs

# Row and column at which 28 × 28 pixels are cut from an image padded by one: as it is, and moved.
POSITIONS = (1, 1), (0, 1), (2, 1), (1, 0), (1, 2)


def networks(seeds):
    """Return {model: [network per seed]} of all trained networks, ready to predict."""
    return {
        name: [models.load(runs.folder(name, seed) / "weights.pt", name) for seed in seeds]
        for name in models.ARCHITECTURES
    }


def together(networks, images):
    """Return the mean probabilities, float32 (n, 10), of networks on uint8 images (n, 28, 28).

    A committee mostly errs less often than its members (Cireşan et al. 2012, arXiv:1202.2745). Each
    also sees each image moved by a pixel each way, as Krizhevsky et al. 2012, section 4.1, averaged
    over places: centring by whole pixels might have put the digit there just as well.
    """
    padded = F.pad(torch.from_numpy(images), (1, 1, 1, 1))
    moved = [padded[:, y : y + 28, x : x + 28] for y, x in POSITIONS]
    each = [inference.predict(network, x) for network in networks for x in moved]
    return torch.stack(each).mean(0).numpy()
