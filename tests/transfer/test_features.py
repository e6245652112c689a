"""A frozen or slower backbone, and its features, which are computed once."""

import torch

from mnist.core import files
from mnist.data import prepared
from mnist.training import loop
from pipelines.transfer import record_weights
from pipelines.transfer.comparison import backbones, experiment, features, ours, training
from transfer.networks import ANN_RUN, NETWORK, TRANSFER
from transfer.small import ANN, AUGMENT


def test_slower_parameters_get_their_share_of_the_learning_rate():
    network = backbones.build(NETWORK, 10, 32)
    groups, factors = loop.parameter_groups(network, 0.1, {"backbone.": 0.25})
    assert factors == [0.25, 0.25, 1, 1]
    counts = [sum(p.numel() for p in group["params"]) for group in groups]
    assert sum(counts[:2]) == 722_496 and sum(counts[2:]) == 5130
    assert [group.get("weight_decay") for group in groups] == [0.1, None, 0.1, None]


def test_a_factor_of_zero_freezes_and_none_changes_nothing(project):
    images, labels = training.parts(TRANSFER)["train"]
    recipe = experiment.loop_settings(TRANSFER, ANN_RUN)
    found = {}
    for slower in (None, {}, {"1.": 0.0}):
        network = ours.build("ann", ANN, 0)
        *_, last = loop.train(
            network, images, labels, {}, AUGMENT, 0, "cpu", None, slower, **recipe
        )
        found[str(slower)] = last.weights["1.1.weight"]
    fresh = ours.build("ann", ANN, 0).state_dict()["1.1.weight"]
    assert torch.equal(found["None"], found["{}"])
    assert torch.equal(found["{'1.': 0.0}"], fresh) and not torch.equal(found["None"], fresh)


def test_features_are_computed_once_and_for_what_decides_them(project, monkeypatch):
    record_weights.main(TRANSFER)
    calls, outputs = [], features.inference.outputs

    def counted(network, *given, **options):
        calls.append(isinstance(network[-1], torch.nn.Module) if len(network) == 2 else None)
        return outputs(network, *given, **options)

    network = backbones.build(NETWORK, 10, 32)
    images, _ = training.parts(TRANSFER)["train"]
    monkeypatch.setattr(features.inference, "outputs", counted)
    data = [prepared.path("train")]
    first = features.cached(NETWORK, network, [32], images, data)
    assert torch.equal(features.cached(NETWORK, network, [32], images, data), first)
    assert len(calls) == 1 and first.shape == (60, 512)
    files.write(features.FOLDER / "other-1.npz", b"of another network")
    features.cached(NETWORK, network, [33], images, data)
    (kept,) = features.FOLDER.glob(f"{NETWORK}-*.npz")  # that of 32 is no longer asked for
    torch.set_num_threads(torch.get_num_threads() + 1)
    features.cached(NETWORK, network, [33], images, data)
    assert len(calls) == 3 and not kept.exists()
    (kept,) = features.FOLDER.glob(f"{NETWORK}-*.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    features.cached(NETWORK, network, [33], images, data)
    assert len(calls) == 4 and (features.FOLDER / "other-1.npz").exists()


def test_a_head_learns_from_features_and_the_seed_decides_it():
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(200) % 4
    known = torch.eye(8)[labels] + 0.1 * torch.randn(200, 8, generator=generator)
    recipe = {"epochs": 20, "batch_size": 20, "learning_rate": 0.05, "weight_decay": 0.01}
    heads = []
    for seed in (0, 0, 1):
        torch.manual_seed(3)
        head = torch.nn.Linear(8, 4)
        features.train_head(head, known, labels, seed, label_smoothing=0.0, **recipe)
        heads.append(head)
    assert (heads[0](known).argmax(1) == labels).all()
    assert torch.equal(heads[0].weight, heads[1].weight)
    assert not torch.equal(heads[0].weight, heads[2].weight)
