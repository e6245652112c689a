"""Record which weights are here, before DVC decides what to run.

For each network in transfer.pretrained it writes weights/NETWORK.json: where its weights come from,
and the SHA-256 of their file, or that the file is not here. Training depends on that record, so
that a file that is put in place later is used, and one that is missing stops nobody. It also
removes runs that params.yaml no longer lists: DVC records their folder as a whole.
"""

import shutil
from pathlib import Path

from mnist.core import command, files, text
from mnist.core.errors import InputError
from pipelines.transfer.comparison import pretrained
from pipelines.transfer.comparison.experiment import FOUND, PARAMS, TRAINED, runs, tables


def path(network: str) -> Path:
    """Return where the record of a network's weights lies."""
    return FOUND / f"{network}.json"


def record(network: str, weights: str) -> dict[str, str | None]:
    """Return what weights are to be used: weights, sha256, and without that the reason.

    Those of ImageNet are fetched, if torch does not have them already.
    """
    if weights == pretrained.NONE:
        reason = f"transfer.weights.{network} is none"
        return {"weights": "none", "sha256": None, "reason": reason}
    if weights == pretrained.IMAGENET:
        return {"weights": "imagenet", "sha256": pretrained.imagenet(network)[1]}
    if Path(weights).is_file():
        return {"weights": "file", "sha256": pretrained.sha256(Path(weights))}
    advice = f"put the file there, or name another in {PARAMS}"
    reason = f"{text.printable(weights)} is not here; {advice}"
    return {"weights": "file", "sha256": None, "reason": reason}


def recorded(network: str, weights: str) -> dict[str, str | None]:
    """Return the record of a network's weights; raise InputError where it is no longer true."""
    found = files.read_json(path(network))
    if found != record(network, weights):
        raise InputError(
            f"the weights of {network} are not those in {path(network)}; run make transfer, or put "
            f"{text.printable(weights)} back"
        )
    return found


def main(transfer):
    """Record which weights are here, and remove runs that are no longer listed."""
    listed = runs(transfer)
    kept = {run.folder(seed) for run in listed for seed in run.seeds}
    for folder in TRAINED.glob("*/*/*"):
        if folder.is_dir() and folder not in kept:
            shutil.rmtree(folder)
    for network in transfer["pretrained"]:
        found = record(network, transfer["weights"][network])
        files.write_json(path(network), found)
        if found["sha256"] is None:
            print(
                f"{network} is not measured with pretrained weights: {found['reason']}", flush=True
            )


if __name__ == "__main__":
    command.run(main, others={PARAMS: tables()})
