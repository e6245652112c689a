import hashlib
import io
from functools import partial

import pytest
import torch
import yaml

from conftest import at_head
from mnist import compute, models, training
from mnist.errors import Refused

AUGMENTATION = dict.fromkeys(["ones", "scale", "shear", "stroke", "noise"], 0.1)
AUGMENTATION |= {"rotation": 10, "shift": 1, "elastic": 1}
SETTINGS = {
    "dropout": 0.1,
    "epochs": 3,
    "batch_size": 64,
    "learning_rate": 0.01,
    "weight_decay": 0.01,
    "label_smoothing": 0.02,
    "averaging": 0.9,
}
WIDTHS = {"ann": [32], "cnn": [4, 4, 8, 16]}


@pytest.fixture(scope="module")
def halves(digits):
    compute.prepare(device="cpu", threads=1, deterministic=True)
    images, labels = map(torch.from_numpy, digits)
    return (images[:1000], labels[:1000]), (images[1000:1300], labels[1000:1300])


def epochs(name, halves, seed=0, since=None, **changes):
    (images, labels), held = halves
    architecture = partial(models.ARCHITECTURES[name], mean=0.15, std=0.3)
    settings = {"widths": WIDTHS[name], **SETTINGS, **changes}
    arguments = images, labels, {"validation": held}, AUGMENTATION, seed, "cpu", since
    return training.train(architecture, *arguments, **settings)


def trained(*arguments, **changes):
    return list(epochs(*arguments, **changes))


def digest(found):
    state = found[-1][1]
    return hashlib.sha256(b"".join(v.numpy().tobytes() for v in state.values())).hexdigest()


@pytest.mark.parametrize("name", ["ann", "cnn"])
def test_the_loss_falls_and_the_digits_are_learnt(name, halves):
    found = trained(name, halves, epochs=8)
    losses = [figures["objective"] for figures, _, _ in found]
    assert losses[-1] < 0.6 * losses[0]
    assert found[-1][0]["validation"]["accuracy"] > 0.85


@pytest.mark.parametrize("name", ["ann", "cnn"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(name, halves):
    first = digest(trained(name, halves))
    assert digest(trained(name, halves)) == first
    assert digest(trained(name, halves, seed=1)) != first


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dropout", 0.5),
        ("batch_size", 32),
        ("learning_rate", 0.02),
        ("weight_decay", 1.0),
        ("label_smoothing", 0.2),
        ("averaging", 0.5),
        ("widths", [16]),
    ],
)
def test_every_setting_is_live(key, value, halves):
    assert digest(trained("ann", halves, epochs=1)) != digest(
        trained("ann", halves, **{"epochs": 1, key: value})
    )


def test_an_epoch_s_weights_are_not_changed_by_later_epochs(halves):
    found = trained("ann", halves)
    assert len({digest(found[: i + 1]) for i in range(3)}) == 3


@pytest.mark.parametrize("name", ["ann", "cnn"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_snapshot_goes_on_to_the_same_bytes(name, after, halves):
    whole = trained(name, halves)
    for epoch, (_, _, snapshot) in enumerate(epochs(name, halves)):
        if epoch == after:  # saved at once, since training changes it
            buffer = io.BytesIO()
            torch.save(snapshot, buffer)
            break
    buffer.seek(0)
    rest = trained(name, halves, since=torch.load(buffer, weights_only=True))
    assert [figures for figures, _, _ in rest] == [figures for figures, _, _ in whole[after + 1 :]]
    if rest:
        assert digest(rest) == digest(whole)


@pytest.mark.parametrize("images", [2, 63, 65])
def test_a_set_smaller_than_a_batch_or_with_a_remainder_trains(images, halves):
    (x, y), held = halves
    assert len(trained("cnn", ((x[:images], y[:images]), held), epochs=1)) == 1


@pytest.mark.parametrize("epochs", range(1, 13))
def test_the_schedule_fits_any_number_of_steps(epochs, halves):
    (x, y), held = halves
    assert len(trained("ann", ((x[:64], y[:64]), held), epochs=epochs)) == epochs


def test_an_overflow_is_refused_with_advice(halves):
    (x, y), held = halves
    with pytest.raises(Refused, match="lower learning_rate"):
        list(trained("ann", ((x, y), held), learning_rate=1e38, averaging=0.0))


def test_the_pipeline_s_recipes_stay_within_the_network_sizes_they_claim():
    values = yaml.safe_load(at_head("params.yaml"))
    for name, most in {"ann": 2_000_000, "cnn": 150_000}.items():
        model = models.ARCHITECTURES[name](widths=values[name]["widths"], dropout=0)
        assert models.parameters(model) <= most


@pytest.mark.parametrize(
    ("accuracies", "kept"),
    [
        ([0.5, 0.9, 0.8], 1),
        ([0.5, 0.9, 0.895], 2),  # one standard error of 0.9 on 1,000 images is 0.0095
        ([0.5, 0.9, 0.895, 0.88], 2),
        ([0.7], 0),
        ([1.0, 1.0, 0.9995], 2),
        ([1.0, 1.0, 0.99], 1),
        ([0.0, 0.0], 1),
    ],
)
def test_the_latest_epoch_within_a_standard_error_of_the_best_is_kept(accuracies, kept):
    assert training.choose(accuracies, 1000) == kept
