"""From images to probabilities, and what those are worth."""

import torch
from torch import Tensor, nn


def batch(images: Tensor, device: torch.device | str) -> Tensor:
    """Return uint8 images (n, 28, 28) as float32 (n, 1, 28, 28) in 0..1 on the device."""
    return images.to(device).unsqueeze(1).float().div_(255)


@torch.inference_mode()
def outputs(
    model: nn.Module, images: Tensor, device: torch.device | str = "cpu", batch_size: int = 500
) -> Tensor:
    """Return what a model makes of uint8 images (n, 28, 28): float32 (n, classes) on the CPU."""
    model.eval()
    return torch.cat([model(batch(part, device)).cpu() for part in images.split(batch_size)])


def predict(
    model: nn.Module, images: Tensor, device: torch.device | str = "cpu", batch_size: int = 500
) -> Tensor:
    """Return the softmax probabilities, float32 (n, classes), of uint8 images (n, 28, 28)."""
    return outputs(model, images, device, batch_size).softmax(1)


def score(probabilities: Tensor, labels: Tensor) -> dict[str, float]:
    """Return accuracy and mean negative log-likelihood (nats) of (n, classes) on labels (n,)."""
    right = (probabilities.argmax(1) == labels).sum().item()
    true = probabilities.gather(1, labels.unsqueeze(1)).double()
    return {"accuracy": right / len(labels), "nll": -true.clamp_min(1e-12).log().mean().item()}
