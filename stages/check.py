"""Check all of params.yaml, and leave nothing of what it no longer lists in the way.

Runs whenever a parameter has changed, ahead of every other stage.
"""

from os.path import lexists
from pathlib import Path

from mnist.core import command, files, params, runs
from mnist.core.errors import InputError
from mnist.data import accepted, cleaning
from mnist.models import weights
from mnist.training import job

TABLES = {"seeds": params.SEEDS, "fetch": accepted.FETCH, "preprocess": cleaning.ACCEPTED}
TABLES |= {"generalize": accepted.GENERALIZE, **job.TABLES}
CUSTOM = Path("data/custom")


def check_batches(values, models):
    """Refuse batches of which a process would get one image, from which BatchNorm cannot learn.

    The images of an epoch are dealt evenly to its batches: of thousands of images, a batch holds
    one fewer at most. Where there are few, training itself refuses.
    """
    processes = values["compute"]["processes"]
    least = 2 * processes + 1
    for name in models:
        if processes > 1 and values[name]["batch_size"] < least:
            batch = f"{name}.batch_size is {values[name]['batch_size']}"
            reason = f"{batch}, expected {least} or more with compute.processes {processes}"
            raise InputError(f"{reason}; {params.advice(params.PATH)}")


def main(seeds, models):
    """Refuse what no stage would accept; remove the runs of seeds and models that are not listed.

    Also makes data/custom, the place of people's own images, where it is missing.
    """
    architectures = [weights.architecture(name) for name in models]
    of_models = [job.tables(architecture) for architecture in architectures]
    values = params.read()
    params.check(values, {key: t[key] for t in [TABLES, *of_models] for key in t})
    check_batches(values, models)
    runs.remove_others(models, seeds)
    if lexists(CUSTOM) and not CUSTOM.is_dir():
        raise InputError(f"{CUSTOM} is no folder; put a folder for your images in its place")
    if not CUSTOM.exists():
        files.write(CUSTOM / ".gitkeep", b"")
    files.write("data/checked", b"params.yaml is accepted\n")


if __name__ == "__main__":
    command.run(main)
