"""Training: a pure function of arrays, parameters and a seed, without any file."""

import copy
import math

import torch
import torch.nn.functional as F
from torch.optim import lr_scheduler, swa_utils

from mnist.augment import augment
from mnist.errors import Refused
from mnist.inference import batch, predict, score


def train(
    architecture,
    images,
    labels,
    judged,
    augmentation,
    seed,
    device="cpu",
    *,
    widths,
    dropout,
    epochs,
    batch_size,
    learning_rate,
    weight_decay,
    label_smoothing,
    averaging,
):
    """Train one network; yield after each epoch its figures and its averaged weights.

    Takes images uint8 (n, 28, 28), labels int64 (n,), the keyword arguments of augment, and the
    sets to judge on, {name: (images, labels)}. AdamW (Loshchilov & Hutter 2019), one-cycle learning
    rate (Smith & Topin 2018), label smoothing (Szegedy et al. 2016), and an exponential moving
    average of the weights (Polyak & Juditsky 1992), which is what is judged and yielded. The same
    arguments give the same bytes on the same machine. Raises Refused where the loss overflows.
    """
    torch.manual_seed(seed)  # the initial weights and dropout
    generator = torch.Generator().manual_seed(seed)  # the order of the images, augmentation
    model = architecture(widths=widths, dropout=dropout).to(device)

    def average(old, new, seen):
        # A young average forgets its random beginning faster, as TensorFlow's moving average does.
        return old + (new - old) * max(1 - averaging, 9 / (seen + 10))

    averaged = swa_utils.AveragedModel(model, avg_fn=average, use_buffers=True)
    # Biases and BatchNorm's gains are not decayed: they do not overfit (He et al. 2019, 3.1).
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": others}]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    steps = max(1, len(images) // batch_size)
    total_steps = epochs * steps
    warm_up = 0.3 if total_steps == 5 else 0.2  # a fifth of 5 steps makes torch divide by zero
    options = {"pct_start": warm_up, "cycle_momentum": False}
    schedule = lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps, **options)
    for epoch in range(epochs):
        total = 0.0
        model.train()
        # Split evenly, so that no image is left out and no last batch is too small for BatchNorm.
        for chosen in torch.randperm(len(images), generator=generator).tensor_split(steps):
            x = augment(batch(images[chosen], device), generator, **augmentation)
            y = labels[chosen].to(device)
            loss = F.cross_entropy(model(x), y, label_smoothing=label_smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            averaged.update_parameters(model)
            total += loss.item() * len(chosen)
        if not math.isfinite(total):
            raise Refused(f"the loss overflowed in epoch {epoch + 1}; lower learning_rate")
        figures = {"objective": total / len(images)}
        for part, (x, y) in judged.items():
            figures[part] = score(predict(averaged.module, x, device), y)
        yield figures, copy.deepcopy(averaged.module.state_dict())


def choose(accuracies, n):
    """Return the index of the epoch to keep, from the validation accuracies on n images.

    The latest that is within one standard error of the best, after the one-standard-error rule of
    Breiman et al. 1984, section 3.4.3. The very best is often an early, lucky one; among epochs
    about as good, the last has learnt most and at the lowest rate. The error is that of a
    proportion with one more success and one more failure (Laplace), so that it is never zero.
    """
    best = max(accuracies)
    p = (best * n + 1) / (n + 2)
    good = best - math.sqrt(p * (1 - p) / n)
    return max(epoch for epoch, accuracy in enumerate(accuracies) if accuracy >= good)
