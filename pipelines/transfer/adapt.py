"""Adapt a trained model to your own hand: python pipelines/transfer/adapt.py PHOTOS -o mine.

PHOTOS is a folder of images of one digit each, at least one of every digit, whose names begin with
the digit, as 7_note.jpg, or that has a labels.csv; or an .npz with x and y. What is written is for
python stages/predict.py photo.jpg --model mine.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

if not __package__:  # run by its path: what it imports lies elsewhere
    ROOT = Path(__file__).resolve().parents[2]
    sys.path[:1] = [str(ROOT), str(ROOT / "stages")]

import numpy as np
import torch

from mnist.core import command, runs
from mnist.core.errors import InputError
from mnist.core.text import printable
from mnist.models import adapted, ensemble
from mnist.photos import folders, normalisation
from mnist.training import augmentation
from pipelines.transfer.adaptation import method, trained
from pipelines.transfer.adaptation.trained import Labelled


def options(parser):
    """Add the command line's arguments to an argparse.ArgumentParser."""
    parser.add_argument("photos", help="a folder of images named 7_note.jpg, or an .npz")
    parser.add_argument("--model", default="cnn", help="the model to adapt; cnn unless said")
    parser.add_argument(
        *("-o", "--output"), required=True, metavar="FOLDER", help="where to write the new model"
    )


def complete(labels: np.ndarray, where: str | Path) -> None:
    """Raise InputError where the labels, int (n,), lack a digit."""
    if missing := sorted(set(range(10)) - set(labels.tolist())):
        digits = " and ".join(filter(None, [", ".join(map(str, missing[:-1])), str(missing[-1])]))
        reason = f"{printable(where)} has no image of {digits}, which the model would unlearn"
        raise InputError(f"{reason}; add one of each digit at least")


def digits(photos: str | Path) -> Labelled:
    """Return the labelled digits in a folder of images or an .npz, normalised as predict.py does.

    Raises InputError where there is none, a digit is missing, or an image cannot be read or shows
    no ink.
    """
    if not Path(photos).exists():
        raise InputError(f"{printable(photos)} is not there; name a folder of images, or an .npz")
    found = folders.read(photos)
    complete(found.labels, photos)
    images = np.zeros((len(found.labels), 28, 28), np.uint8)
    for place, reader in enumerate(found.readers):
        try:
            images[place] = normalisation.digit(reader())
        except InputError as error:
            files = getattr(reader, "args", ())  # of a folder
            name = printable(files[0]) if files else f"{printable(photos)}, image {place + 1}"
            said = str(error)
            raise InputError(said if said.startswith(name) else f"{name}: {said}") from error
    return Labelled(images, found.labels)


def check(model: str, models: Sequence[str], output: str | Path) -> None:
    """Raise InputError where a model is not one of models, or output cannot be written to."""
    if model not in models:
        raise InputError(f"--model {printable(model)}: expected one of {', '.join(models)}")
    adapted.check_place(output)


def main(seeds, models, augment, photos, model, output):
    """Adapt all networks of a trained model to someone's own digits, for predict.py --model."""
    check(model, models, output)
    own = digits(photos)

    # A second thread gains little on so small batches, and loses much where others compute, too.
    torch.set_num_threads(1)
    given = trained.load(model, seeds)
    found = method.adapted(given, own, augment)
    # The least sure 1 % of the validation images are among the hardest.
    sure = np.sort(ensemble.predict(found.networks, given.hardest.images).max(1))
    limit = round(float(sure[given.validation // 100]), 4)
    made = {
        "digits": np.bincount(own.labels, minlength=10).tolist(),
        "factor": found.factor,
        "held_out_errors": {str(key): errors for key, (errors, _) in found.held_out.items()},
        "mnist_validation_errors": dict(zip(("before", "after"), found.mnist, strict=True)),
        "adapted_from": {str(seed): runs.digest(model, seed) for seed in seeds},
    }
    states = [network.state_dict() for network in found.networks]
    adapted.save(output, given.configurations, states, limit, made)
    print(f"{len(states)} networks of the {model.upper()} learnt {len(own.labels)} digits")
    if found.held_out:
        before, after = (found.held_out[factor][0] for factor in (0.0, found.factor))
        print(f"Errors on these digits, each held out: {before} before, {after} after")
    before, after = found.mnist
    print(f"Errors on the hardest validation images of MNIST: {before} before, {after} after")
    print(f"Ask it: python stages/predict.py photo.jpg --model {printable(output)}")


if __name__ == "__main__":
    command.run(main, {"augment": augmentation.ACCEPTED}, add=options)
