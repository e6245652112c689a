"""Any classifier of torchvision becomes a network for our images."""

from contextlib import nullcontext

import pytest
import torch

from mnist.core.errors import InputError
from mnist.evaluation import efficiency
from pipelines.transfer.comparison import backbones
from reference import torchvision

# {name: (features, size)}
SMALL = {"resnet18": (512, 32), "squeezenet1_1": (512, 32), "mobilenet_v3_small": (1024, 32)}
LARGE = {
    "efficientnet_b0": (1280, 32),
    "vgg16": (4096, 32),
    "densenet121": (1024, 32),
    "googlenet": (1024, 64),
    "inception_v3": (2048, 96),
    "shufflenet_v2_x0_5": (1024, 32),
    "vit_b_16": (768, 224),
}


def fits(name, features, size):
    model = backbones.build(name, 7, size)
    images = torch.rand(2, 1, 28, 28)
    model.eval()
    assert model.features(images).shape == (2, features)
    assert model(images).shape == (2, 7)
    assert (model.head.in_features, model.head.out_features) == (features, 7)
    model.train()(images).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize("name", SMALL)
def test_a_backbone_yields_features_and_the_head_logits(name):
    fits(name, *SMALL[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_so_does_one_of_any_other_family(name):
    fits(name, *LARGE[name])


def test_only_the_last_layer_differs_from_torchvisions_own():
    whole = torchvision().models.get_model("squeezenet1_1", num_classes=1000)
    own = backbones.build("squeezenet1_1", 10, 64)
    last = sum(p.numel() for p in whole.classifier.parameters())
    rest = efficiency.parameters(whole) - last
    assert rest == 722_496  # Iandola et al. 2016, version 1.1
    assert efficiency.parameters(own) == rest + 512 * 10 + 10


def test_an_image_is_resized_put_into_three_channels_and_normalised_as_the_weights_say():
    model = backbones.build("squeezenet1_1", 10, 48)
    image = torch.rand(1, 1, 28, 28)
    transforms = torchvision().transforms.v2
    expected = transforms.functional.resize(image, [48, 48], antialias=False)
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    expected = transforms.functional.normalize(expected.expand(1, 3, 48, 48), mean, std)
    assert torch.allclose(model.input(image), expected, atol=1e-5)


def test_the_seed_decides_the_weights():
    heads = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        heads.append(backbones.build("squeezenet1_1", 10, 32).head.weight)
    assert torch.equal(heads[0], heads[1]) and not torch.equal(heads[0], heads[2])


def test_an_unknown_name_is_one_line_that_names_some():
    with pytest.raises(InputError, match=r"resnet19 is no classifier .*resnet18") as error:
        backbones.build("resnet19", 10, 32)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["fcn_resnet50", "resnet18\n", ""])
def test_what_is_no_classifier_is_an_unknown_name(name):
    with pytest.raises(InputError, match="is no classifier"):
        backbones.check(name)


def test_a_size_that_a_backbone_cannot_take_is_one_line():
    with pytest.raises(
        InputError, match=r"alexnet takes no images of 28 × 28 .*transfer\.sizes\.alexnet"
    ):
        backbones.build("alexnet", 10, 28)


@pytest.mark.parametrize(
    ("name", "has_one"), [("vgg11", False), ("alexnet", False), ("squeezenet1_1", True)]
)
def test_what_a_gpu_cannot_train_to_the_same_bytes_is_refused_there_alone(name, has_one):
    network = backbones.build(name, 10, 64)
    backbones.check_deterministic(network, name, torch.device("cpu"))
    refused = pytest.raises(InputError, match=f"{name} .*compute.deterministic")
    with nullcontext() if has_one else refused:
        backbones.check_deterministic(network, name, torch.device("cuda"))
