"""Any classifier of torchvision, as a network for our images."""

import re
import sys
import types
from types import ModuleType

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mnist.core import text
from mnist.core.errors import InputError

OUTPUTS = 1000  # of the last layer of a classifier of ImageNet
# Of ImageNet's pixels, red, green and blue (torchvision.transforms' documentation), where a
# classifier of torchvision has no weights that say their own.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def models() -> ModuleType:
    """Return torchvision.models, also where torchvision's C++ operators do not load.

    Its wheel may be built for CUDA beside a CPU build of torch; then importing it fails while it
    registers shapes for operators that are not there ('operator torchvision::nms does not exist').
    Classifiers need none of them, so an empty module takes the place of that registration. Where
    the operators load, nothing is replaced.
    """
    try:
        import torchvision.models as found
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        sys.modules["torchvision._meta_registrations"] = types.ModuleType("unregistered")
        import torchvision.models as found
    return found


def names() -> list[str]:
    """Return the names of all classifiers that torchvision has."""
    found = models()
    return found.list_models(module=found)


def check(name: str) -> None:
    """Raise InputError where torchvision has no classifier of this name."""
    if name not in (known := names()):
        some = "resnet18, efficientnet_b0, vgg16, squeezenet1_1"
        raise InputError(
            f"{text.printable(name)} is no classifier of torchvision, which has {len(known)}, such "
            f"as {some}; mend pipelines/transfer/params.yaml"
        )


class Input(nn.Module):
    """Grey images as ImageNet's networks expect them: of a size, in three channels, normalised.

    Bilinear, as torchvision resizes for these networks (its weights' transforms).
    """

    def __init__(self, size: int, mean: tuple[float, ...], std: tuple[float, ...]):
        super().__init__()
        self.size = size
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Return images (n, 1, 28, 28), float32 in 0..1, as (n, 3, size, size)."""
        images = F.interpolate(images, size=(self.size, self.size), mode="bilinear")
        return (images - self.mean) / self.std


class Classifier(nn.Module):
    """A backbone between our images and our classes.

    input: from images (n, 1, 28, 28) to what the backbone takes.
    backbone: a classifier of torchvision without its last layer; it returns features (n, F).
    head: from features to logits.
    """

    def __init__(self, given: nn.Module, backbone: nn.Module, head: nn.Module):
        super().__init__()
        self.input, self.backbone, self.head = given, backbone, head

    def features(self, images: Tensor) -> Tensor:
        """Return features (n, F) of images (n, 1, 28, 28), float32 in 0..1."""
        return self.backbone(self.input(images))

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (n, classes) of images (n, 1, 28, 28), float32 in 0..1."""
        return self.head(self.features(images))


def headless(name: str) -> tuple[nn.Module, str]:
    """Return a classifier of torchvision with new weights, without its last layer, and its name.

    The last layer is the last one of 1000 outputs: Linear, or in SqueezeNet a 1 × 1 convolution.
    Helpers that only train Inception's early layers (Szegedy et al. 2015) are left out.
    """
    check(name)
    # Inception and GoogLeNet would draw their weights by SciPy's slow truncated normal.
    options = {"init_weights": False} if name in ("inception_v3", "googlenet") else {}
    network = models().get_model(name, weights=None, **options)
    if hasattr(network, "aux_logits"):
        network.aux_logits = False
        for helper in ("aux1", "aux2", "AuxLogits"):
            if hasattr(network, helper):
                setattr(network, helper, None)
    if hasattr(network, "transform_input"):  # their published weights expect -1..1
        network.transform_input = True
    last = [
        path
        for path, layer in network.named_modules()
        if getattr(layer, "out_features", getattr(layer, "out_channels", None)) == OUTPUTS
        and isinstance(layer, nn.Linear | nn.Conv2d)
    ][-1]
    network.set_submodule(last, nn.Identity())
    return network, last


def build(name: str, classes: int, size: int) -> Classifier:
    """Return a network from images (n, 1, 28, 28), float32 in 0..1, to logits (n, classes).

    The backbone is the classifier of torchvision with that name, with new weights; it sees size ×
    size pixels. Raises InputError where there is none of that name, or none for that size.
    """
    backbone, _ = headless(name)
    try:
        transforms = models().get_model_weights(name).DEFAULT.transforms()
        given = Input(size, tuple(transforms.mean), tuple(transforms.std))
    except (AttributeError, ValueError):
        given = Input(size, MEAN, STD)
    try:
        with torch.inference_mode():
            features = backbone.eval()(given(torch.zeros(1, 1, 28, 28))).shape[1]
    except (RuntimeError, AssertionError, ValueError) as error:
        raise InputError(
            f"{name} takes no images of {size} × {size} pixels ({text.shown(str(error))}); set "
            f"transfer.sizes.{name} in pipelines/transfer/params.yaml to 224"
        ) from error
    return Classifier(given, backbone.train(), nn.Linear(features, classes))


def check_deterministic(network: nn.Module, name: str, device: torch.device) -> None:
    """Raise InputError where torch has no deterministic way to train a network on a device.

    On CUDA it has none for adaptive average pooling to more than one pixel, as VGG and AlexNet use
    (docs.pytorch.org, torch.use_deterministic_algorithms).
    """
    pools = [each for each in network.modules() if isinstance(each, nn.AdaptiveAvgPool2d)]
    if device.type == "cuda" and any(each.output_size not in (1, (1, 1)) for each in pools):
        raise InputError(
            f"{name} cannot be trained on a GPU to the same bytes each time; set "
            "compute.deterministic to false or compute.device to cpu in params.yaml"
        )


def current_names(name: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return a state_dict under the names that torchvision's layers have today.

    DenseNet's published weights still say norm.1 where its layers say norm1.
    """
    if not name.startswith("densenet"):
        return state
    old = r"^(.*denselayer\d+\.(?:norm|conv))\.([12]\.)"
    return {re.sub(old, r"\1\2", key): value for key, value in state.items()}
