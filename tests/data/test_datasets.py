import pytest

from mnist.data import datasets, idx
from reference import torchvision


@pytest.mark.parametrize("name", datasets.DATASETS)
def test_every_data_set_is_a_value_of_its_own_name_with_ten_classes(name):
    dataset = datasets.DATASETS[name]
    assert dataset.name == name
    assert len(set(dataset.classes)) == 10
    assert dataset.digits == (dataset.classes == tuple("0123456789"))
    assert len(dataset.files) in (0, 4)
    assert bool(dataset.files) == bool(dataset.mirrors) == bool(dataset.variable)
    assert not any(mirror.endswith("/") for mirror in dataset.mirrors)
    assert dataset.package is None or dataset.package.members.keys() == dataset.files.keys()


def test_the_three_by_name():
    assert list(datasets.DATASETS) == ["mnist", "fashion_mnist", "optdigits"]
    assert [dataset.digits for dataset in datasets.DATASETS.values()] == [True, False, True]


def test_files_mirrors_and_classes_are_those_that_torchvision_knows():
    for dataset, theirs in (
        (datasets.MNIST, torchvision().datasets.MNIST),
        (datasets.FASHION_MNIST, torchvision().datasets.FashionMNIST),
    ):
        assert {name for name, _ in theirs.resources} == {f"{name}.gz" for name in dataset.files}
        assert f"{dataset.mirrors[0]}/" in theirs.mirrors
    assert list(datasets.FASHION_MNIST.classes) == torchvision().datasets.FashionMNIST.classes


def test_optdigits_come_in_the_form_of_mnist_and_the_same_each_time(tmp_path):
    found = datasets.optdigits()
    assert found == datasets.optdigits()
    assert found.keys() == datasets.MNIST.files.keys()
    for name, data in found.items():
        (tmp_path / name).write_bytes(data)
    sizes = []
    for half in ("train", "t10k"):
        images, labels = idx.read_pair(tmp_path, half)
        assert images.max() == 255 and not images[:, :4].any() and not images[:, :, 24:].any()
        assert set(labels) == set(range(10))
        sizes.append(len(images))
    assert sizes == [1497, 300]
