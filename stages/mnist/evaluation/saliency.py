"""Where a network looks: which pixels move its answer."""

import torch
from torch import Tensor, nn

from mnist.models.inference import batch

NOISE, DRAWS = 0.15, 64  # of the pixels' range; Smilkov et al. 2017, sections 3.1 and 3.2


def smooth_gradient(model: nn.Module, images: Tensor, seed: int = 0) -> Tensor:
    """Return float32 (n, 28, 28) in 0..1: how much each pixel moves the log-odds of the answer.

    SmoothGrad (Smilkov et al. 2017, arXiv:1706.03825): the input gradient, averaged over noisy
    copies of uint8 images (n, 28, 28), then its absolute value. It asks the same of any
    architecture, so that the maps of different ones can be compared.
    """
    generator, x = torch.Generator().manual_seed(seed), batch(images, "cpu")
    model.eval()
    answers, total = model(x).argmax(1, keepdim=True), torch.zeros_like(x)
    for _ in range(DRAWS):
        noisy = (x + NOISE * torch.randn(x.shape, generator=generator)).requires_grad_()
        logits = model(noisy)
        others = logits.scatter(1, answers, -torch.inf).logsumexp(1, keepdim=True)
        (gradient,) = torch.autograd.grad((logits.gather(1, answers) - others).sum(), noisy)
        total += gradient
    total = total.abs()
    return (total / total.amax((2, 3), keepdim=True).clamp_min(1e-12)).squeeze(1)
