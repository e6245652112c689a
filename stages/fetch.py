"""Bring the four files of the data set, verified, into data/raw."""

from pathlib import Path

from mnist.core import command, files
from mnist.data import accepted, sources

RAW = Path("data/raw")


def main(fetch):
    """Bring the four files of the data set, verified, into data/raw."""
    found = sources.fetch(**fetch)
    with files.replacing(RAW, RAW.with_name(".raw")) as draft:
        for name, data in found.items():
            files.write(draft / name, data)


if __name__ == "__main__":
    command.run(main, {"fetch": accepted.FETCH})
