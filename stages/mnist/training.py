"""Training: a pure function of arrays, parameters and a seed, without any file."""

import copy
import math

import torch
import torch.nn.functional as F
from torch.optim import lr_scheduler, swa_utils

from mnist import compute
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
    since=None,
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
    """Train one network; yield after each epoch its figures, averaged weights and a snapshot.

    Takes images uint8 (n, 28, 28), labels int64 (n,), the keyword arguments of augment, the sets to
    judge on, {name: (images, labels)}, and a snapshot to go on from, which gives the epochs that
    were to follow. A snapshot is to be saved at once, since training changes it.

    AdamW (Loshchilov & Hutter 2019), one-cycle learning rate (Smith & Topin 2018), label smoothing
    (Szegedy et al. 2016), and an exponential moving average of the weights (Polyak & Juditsky
    1992), which is what is judged and yielded. The same arguments give the same bytes on the same
    machine. Raises Refused where the loss overflows.
    """
    torch.manual_seed(seed)  # the initial weights
    model = architecture(widths=widths, dropout=dropout).to(device)

    def average(olds, news, seen):
        # A young average forgets its random beginning faster, as TensorFlow's moving average does.
        if olds[0].is_floating_point():  # all but BatchNorm's count of batches, which none reads
            torch._foreach_lerp_(olds, news, max(1 - averaging, 9 / (int(seen) + 10)))

    averaged = swa_utils.AveragedModel(model, multi_avg_fn=average, use_buffers=True)
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
    # An epoch has its own random numbers, so that a resumed run needs none of those before.
    streams = torch.randint(2**31, (epochs,), generator=torch.Generator().manual_seed(seed))
    parts = {"model": model, "averaged": averaged, "optimizer": optimizer, "schedule": schedule}
    if since:
        for name, part in parts.items():
            part.load_state_dict(since[name])
    for epoch in range(since["epoch"] if since else 0, epochs):
        torch.manual_seed(int(streams[epoch]))  # dropout
        generator = torch.Generator().manual_seed(int(streams[epoch]))  # order, augmentation
        total = 0.0
        model.train()
        # Split evenly, so that no image is left out and no last batch is too small for BatchNorm.
        for chosen in torch.randperm(len(images), generator=generator).tensor_split(steps):
            x = augment(batch(images[chosen], device), labels[chosen], generator, **augmentation)
            y = labels[chosen].to(x.device)
            with compute.autocast(x.device):
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
        snapshot = {name: part.state_dict() for name, part in parts.items()} | {"epoch": epoch + 1}
        yield figures, copy.deepcopy(averaged.module.state_dict()), snapshot


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
