"""Torchvision, as the reference for our own reader and transforms."""

import sys
import types


def torchvision():
    """Import torchvision also where its C++ operators do not load, and return it.

    Its wheel may be built for CUDA beside a CPU build of torch; then importing it fails while it
    registers shapes for operators that are not there ('operator torchvision::nms does not exist').
    The transforms, models and datasets need none of them, so an empty module takes the place of
    that registration. Where the operators load, nothing is replaced.
    """
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        for name in [n for n in sys.modules if n.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        sys.modules["torchvision._meta_registrations"] = types.ModuleType("unregistered")
        import torchvision
    import torchvision.datasets
    import torchvision.transforms.v2

    return torchvision
