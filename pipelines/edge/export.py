"""Export the trained networks for devices and servers: .tflite in three forms, and ONNX."""

import tempfile
from pathlib import Path

import numpy as np
import torch

from mnist.core import command, files, runs
from mnist.data import cleaning, prepared
from mnist.evaluation import metrics
from mnist.models import weights
from pipelines.edge import exported
from pipelines.edge.formats import card, network, onnx_file, runtime, tflite

ABOUT = {
    "input": "grey images of 28 × 28 pixels, levels 0 to 255, bright ink on 0, as in MNIST",
    "output": "the probability of each label",
    "licence": "MIT",
}


def measured(path: Path, images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return what a file's answers to the validation images say of it."""
    found = metrics.ensemble(runtime.predict(path, images), labels)
    return {
        "validation_accuracy": found["validation_together"],
        "unsure_below": found["unsure_below"],
    }


def export(subject: exported.Subject, about: dict, folder: Path, few: np.ndarray) -> None:
    """Write all files of a subject into a folder; few are images, uint8 (n, 28, 28), for int8."""
    networks = [weights.load(path, subject.model) for path in subject.weights()]
    model = network.together(networks) if subject.ensemble else network.alone(networks[0])
    images, labels = prepared.load("validation")
    about = {"name": subject.name, "model": subject.model, "seeds": list(subject.seeds), **about}
    about["weights"] = {str(seed): runs.digest(subject.model, seed) for seed in subject.seeds}
    with tempfile.TemporaryDirectory() as scratch:
        with tflite.quiet():
            path = tflite.converted(model, Path(scratch))
            contents = {
                "fp32": path.read_bytes(),
                "dynamic_int8": tflite.quantised(path),
                "int8": tflite.quantised(path, few),
            }
        for form, content in contents.items():
            path.write_bytes(content)
            with tflite.quiet():  # the runtime greets
                figures = measured(path, images, labels)
                details = runtime.quantisation(path)
            metadata = {**about, "format": form, **figures, **details}
            data = card.attached(content, about["labels"], metadata)
            files.write(subject.path(form, folder), data)
            if form == "fp32":
                with tflite.quiet():
                    data = onnx_file.converted(model, {**metadata, "format": "onnx"})
                files.write(subject.path("onnx", folder), data)


def main(seeds, models, edge):
    """Export every model, of the chosen seed, and ensembles, into pipelines/edge/models."""
    torch.set_num_threads(1)
    dataset = prepared.dataset()
    subjects = exported.subjects(models, seeds, edge)
    images, labels = prepared.load("validation")
    few = images[cleaning.sample(labels, edge["calibration"])]
    about = {"dataset": dataset.name, "labels": dataset.classes, **ABOUT}
    draft = exported.MODELS.with_name(".models")
    with files.replacing(exported.MODELS, draft) as folder:
        for subject in subjects:
            export(subject, about, folder, few)
            print(f"{subject.name} is exported", flush=True)


if __name__ == "__main__":
    command.run(main, others={exported.PARAMS: exported.ACCEPTED})
