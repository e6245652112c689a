import hashlib
import io

import pytest
import torch

from mnist.core.errors import InputError
from mnist.models import weights
from mnist.training import device, loop

AUGMENTATION = dict.fromkeys(["ones", "scale", "shear", "stroke", "noise"], 0.1)
AUGMENTATION |= {"rotation": 10, "shift": 1, "elastic": 1}
SETTINGS = {
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
    device.prepare(device="cpu", threads=1, deterministic=True)
    images, labels = map(torch.from_numpy, digits)
    return (images[:1000], labels[:1000]), (images[1000:1300], labels[1000:1300])


def epochs(name, halves, seed=0, since=None, dropout=0.1, widths=None, **changes):
    (images, labels), held = halves
    arguments = {"classes": 10, "widths": widths or WIDTHS[name], "dropout": dropout}
    model = weights.build(weights.Configuration(name, arguments, 0.15, 0.3), seed)
    given = images, labels, {"validation": held}, AUGMENTATION, seed, "cpu", since
    return loop.train(model, *given, **{**SETTINGS, **changes})


def trained(*arguments, **changes):
    return list(epochs(*arguments, **changes))


def digest(found):
    state = found[-1].weights
    return hashlib.sha256(b"".join(v.numpy().tobytes() for v in state.values())).hexdigest()


def figures(epoch):
    return epoch.objective, epoch.scores


@pytest.mark.parametrize("name", ["ann", "cnn"])
def test_the_loss_falls_and_the_digits_are_learnt(name, halves):
    found = trained(name, halves, epochs=8)
    assert found[-1].objective < 0.6 * found[0].objective
    assert found[-1].scores["validation"]["accuracy"] > 0.85


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
    for i, epoch in enumerate(epochs(name, halves)):
        if i == after:  # saved at once, since training changes it
            buffer = io.BytesIO()
            torch.save(epoch.snapshot, buffer)
            break
    buffer.seek(0)
    rest = trained(name, halves, since=torch.load(buffer, weights_only=True))
    assert list(map(figures, rest)) == list(map(figures, whole[after + 1 :]))
    if rest:
        assert digest(rest) == digest(whole)


@pytest.mark.parametrize("images", [2, 3, 63, 65])
@pytest.mark.parametrize("batch_size", [2, 64])
def test_a_set_smaller_than_a_batch_or_with_a_remainder_trains(images, batch_size, halves):
    (x, y), held = halves
    few = (x[:images], y[:images]), held
    assert len(trained("cnn", few, epochs=1, batch_size=batch_size)) == 1


@pytest.mark.parametrize("batch_size", [2, 3, 64, 100, 256, 512])
@pytest.mark.parametrize("images", [2, 5, 99, 130, 513, 1023, 1347, 5000, 54_000])
def test_no_batch_is_much_larger_than_asked_and_none_has_a_single_image(images, batch_size):
    parts = torch.arange(images).tensor_split(loop.steps_per_epoch(images, batch_size))
    sizes = [len(part) for part in parts]
    assert min(sizes) >= 2 and sum(sizes) == images
    # BatchNorm cannot learn from one image, so that an odd one joins a pair.
    assert max(sizes) <= (3 if batch_size == 2 else batch_size * (1 + loop.EXCESS))


@pytest.mark.parametrize("epochs", range(1, 13))
def test_the_schedule_fits_any_number_of_steps(epochs, halves):
    (x, y), held = halves
    assert len(trained("ann", ((x[:64], y[:64]), held), epochs=epochs)) == epochs


def test_an_overflow_ends_with_advice(halves):
    (x, y), held = halves
    with pytest.raises(InputError, match="lower learning_rate"):
        list(trained("ann", ((x, y), held), learning_rate=1e38, averaging=0.0))


def test_an_overflow_on_images_to_judge_on_alone_ends_with_advice(halves, monkeypatch):
    monkeypatch.setattr(loop, "score", lambda *_: {"accuracy": 0.1, "nll": float("nan")})
    with pytest.raises(InputError, match="loss overflowed in epoch 1; lower learning_rate"):
        list(trained("ann", halves))


def test_what_is_accepted_is_what_the_functions_take():
    from mnist.training import augmentation

    for function, table in (
        (loop.train, loop.ACCEPTED),
        (augmentation.augment, augmentation.ACCEPTED),
        (device.prepare, device.ACCEPTED),
    ):
        code = function.__code__
        names = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
        assert set(names) == set(table)


def test_parameters_that_learn_slower_have_groups_of_their_own():
    model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Linear(3, 2))
    groups, factors = loop.parameter_groups(model, 0.1, {"0.": 0.25})
    assert factors == [0.25, 0.25, 1, 1]
    assert [sum(p.numel() for p in group["params"]) for group in groups] == [12, 3, 6, 2]
    assert [group.get("weight_decay") for group in groups] == [0.1, None, 0.1, None]
    (first, *_), factors = loop.parameter_groups(model, 0.1, {})
    assert factors == [1, 1] and len(first["params"]) == 2


def test_a_factor_of_zero_keeps_the_weights_and_an_empty_table_changes_no_byte(halves):
    found = {str(slower): trained("ann", halves, slower=slower) for slower in ({}, {"1.": 0.0})}
    assert digest(found["{}"]) == digest(trained("ann", halves))
    fresh = weights.build(
        weights.Configuration("ann", {"classes": 10, "widths": [32], "dropout": 0.1}, 0.15, 0.3), 0
    ).state_dict()
    name = next(name for name in fresh if name.startswith("1.") and fresh[name].ndim > 1)
    assert torch.equal(found["{'1.': 0.0}"][-1].weights[name], fresh[name])
    assert not torch.equal(found["{}"][-1].weights[name], fresh[name])
