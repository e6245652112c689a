"""From images to probabilities, and what those are worth."""

import torch


def batch(images, device):
    """Return uint8 images (n, 28, 28) as float32 (n, 1, 28, 28) in 0..1 on the device."""
    return images.to(device).unsqueeze(1).float().div_(255)


@torch.inference_mode()
def predict(model, images, device="cpu", batch_size=500):
    """Return the softmax probabilities, float32 (n, 10) on the CPU, of uint8 images (n, 28, 28)."""
    model.eval()
    parts = [model(batch(part, device)).softmax(1).cpu() for part in images.split(batch_size)]
    return torch.cat(parts)


def score(probabilities, labels):
    """Return accuracy and mean negative log-likelihood (nats) of (n, 10) against labels (n,)."""
    right = (probabilities.argmax(1) == labels).sum().item()
    true = probabilities.gather(1, labels.unsqueeze(1)).double()
    return {"accuracy": right / len(labels), "nll": -true.clamp_min(1e-12).log().mean().item()}
