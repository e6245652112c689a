"""Training: a pure function of arrays, parameters and a seed, without any file."""

import copy
import math

import torch
import torch.nn.functional as F

from mnist.augment import augment
from mnist.errors import Refused
from mnist.inference import batch


def train(
    architecture,
    images,
    labels,
    validate,
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

    Takes images uint8 (n, 28, 28), labels int64 (n,) and the keyword arguments of augment. AdamW
    (Loshchilov & Hutter 2019), one-cycle learning rate (Smith & Topin 2018), label smoothing
    (Szegedy et al. 2016), and an exponential moving average of the weights (Polyak & Juditsky
    1992), which is what is yielded and what validate(model), a dict of figures, judges. The same
    arguments give the same bytes on the same machine. Raises Refused where the loss overflows.
    """
    torch.manual_seed(seed)  # the initial weights and dropout
    generator = torch.Generator().manual_seed(seed)  # the order of the images, augmentation
    model = architecture(widths=widths, dropout=dropout).to(device)
    average = copy.deepcopy(model)
    # Biases and BatchNorm's gains are not decayed: they do not overfit (He et al. 2019, 3.1).
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed}, {"params": others, "weight_decay": 0.0}],
        lr=learning_rate,
        betas=(0.9, 0.99),
        weight_decay=weight_decay,
        fused=True,
    )
    steps = max(1, len(images) // batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, epochs * steps, pct_start=0.2, cycle_momentum=False
    )
    for epoch in range(epochs):
        model.train()
        total = 0.0
        # Split evenly, so that no image is left out and no last batch is too small for BatchNorm.
        for chosen in torch.randperm(len(images), generator=generator).tensor_split(steps):
            x = augment(batch(images[chosen], device), generator, **augmentation)
            y = labels[chosen].to(device)
            loss = F.cross_entropy(model(x), y, label_smoothing=label_smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            update(average, model, min(averaging, schedule.last_epoch / (schedule.last_epoch + 10)))
            total += loss.item() * len(chosen)
        if not math.isfinite(total):
            raise Refused(f"the loss overflowed in epoch {epoch + 1}; lower learning_rate")
        figures = {"train/objective": total / len(images), **validate(average)}
        yield figures, {name: value.clone() for name, value in average.state_dict().items()}


@torch.no_grad()
def update(average, model, decay):
    """Move the average, its BatchNorm statistics included, towards the model."""
    for a, m in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if a.is_floating_point():
            a.lerp_(m, 1 - decay)
        else:
            a.copy_(m)
