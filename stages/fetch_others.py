"""Bring external test sets, where they can be had, into data/others."""

from pathlib import Path

from mnist.core import command, files
from mnist.core.errors import InputError
from mnist.data import accepted, external
from mnist.data.datasets import DATASETS

OTHERS = Path("data/others")


def main(fetch):
    """Write each external test set that can be had, and which those are, into data/others.

    A set that cannot be had is told in a line and is no failure: generalize reports it as not
    measured. None is brought for a data set that has no digits, or that needs no network.
    """
    dataset, found = DATASETS[fetch["dataset"]], {}
    wanted = external.SETS if dataset.digits and dataset.files else ()
    if not wanted:
        reason = "is to need no network" if dataset.digits else "has no digits"
        print(f"fetch_others: external test sets skipped: {dataset.name} {reason}")
    for name in wanted:
        try:
            found[name] = external.bring(name)
        except InputError as error:
            variables = " or ".join(external.SETS[name].variables)
            advice = f"{variables} may name a folder or URL that has it"
            print(f"fetch_others: {name} will not be measured: {error}; {advice}")
    with files.replacing(OTHERS, OTHERS.with_name(".others")) as draft:
        for name, arrays in found.items():
            files.write_arrays(draft / f"{name}.npz", **arrays)
        files.write_json(draft / "sets.json", {name: name in found for name in external.SETS})


if __name__ == "__main__":
    command.run(main, {"fetch": accepted.FETCH})
