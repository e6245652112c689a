"""Draw the tables of few_labels: scikit-learn's digits and, where they were measured, people's."""

from pathlib import Path

import pandas as pd

from mnist.core import command, files
from mnist.plots import style, transfer
from pipelines.transfer.adaptation.summary import PEOPLE, TABLE

PICTURE = Path("pipelines/transfer/plots/few_labels.png")


def main(models: list[str]) -> None:
    """Draw the tables of few_labels into plots/few_labels.png."""
    tables = [files.read_csv(path, transfer.COLUMNS) for path in (TABLE, PEOPLE) if path.exists()]
    files.write(PICTURE, style.png(transfer.few_labels(pd.concat(tables), models)))


if __name__ == "__main__":
    command.run(main)
