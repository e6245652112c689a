"""Model files in the runtimes that devices and servers have: LiteRT and ONNX Runtime."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from mnist.core import text
from mnist.core.errors import InputError

Model = Callable[[np.ndarray], np.ndarray]  # one image, uint8 (28, 28) → float32 (classes,)


def litert(path: str | Path) -> Model:
    """Return what a .tflite file computes, on one thread."""
    from ai_edge_litert.interpreter import Interpreter  # not at the top: verify times it

    interpreter = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    (given,), (said,) = interpreter.get_input_details(), interpreter.get_output_details()

    def answer(image: np.ndarray) -> np.ndarray:
        values = image[None].astype(np.float32)
        if given["dtype"] == np.int8:
            scale, zero = given["quantization"]
            values = np.clip(np.rint(values / scale + zero), -128, 127).astype(np.int8)
        interpreter.set_tensor(given["index"], values)
        interpreter.invoke()
        found = interpreter.get_tensor(said["index"])[0]
        if said["dtype"] == np.int8:
            scale, zero = said["quantization"]
            found = (found.astype(np.float32) - zero) * np.float32(scale)
        return found

    return answer


def quantisation(path: str | Path) -> dict[str, str]:
    """Return what a .tflite file takes and gives where that is int8: {} where it is float32.

    An int8 value stands for scale × (value − zero point).
    """
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path), num_threads=1)
    ends = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    found = {}
    for name, end in zip(("input", "output"), ends, strict=True):
        if end["dtype"] == np.int8:
            scale, zero = end["quantization"]
            found[f"{name}_int8"] = f"{scale:.6g} × (value − {zero})".replace("− -", "+ ")
    return found


def onnx(path: str | Path) -> Model:
    """Return what an ONNX file computes, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    session = onnxruntime.InferenceSession(str(path), options)
    name = session.get_inputs()[0].name
    return lambda image: session.run(None, {name: image[None].astype(np.float32)})[0][0]


def load(path: str | Path) -> Model:
    """Return what a model file computes; raise InputError where its runtime cannot read it."""
    try:
        return (onnx if Path(path).suffix == ".onnx" else litert)(path)
    except Exception as error:  # each runtime has its own kinds
        name = text.printable(path)
        raise InputError(
            f"{name} cannot be run: {text.line(error)}; 'make edge' makes it anew"
        ) from error


def predict(path: str | Path, images: np.ndarray) -> np.ndarray:
    """Return the probabilities, float32 (n, classes), of images, uint8 (n, 28, 28), one by one."""
    model = load(path)
    return np.stack([model(image) for image in images])
