"""Write what benchmarks found into the sentences and tables of the pages that say it.

    PYTHONPATH=stages python benchmarks/answer.py    # seconds

Fills in what stands between `<!-- NAME -->` and `<!-- end -->`: sentences and tables, which a test
holds against the committed tables.
"""

import re
from pathlib import Path

import pandas as pd

import measuring
import tables
from mnist.core import files
from mnist.plots.scaling import sentences

PAGES = "docs/answer.md", "docs/reproducibility.md", "README.md"
BLOCK = re.compile(r"(<!-- (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def path(name):
    """Return where a table is."""
    drawn = {table for table, _ in sentences.CURVES.values()}
    return (measuring.RESULTS if name in drawn else measuring.ANSWER) / f"{name}.csv"


def read(name):
    """Return a table."""
    return pd.read_csv(path(name))


BLOCKS = {  # of the pages: function of which tables
    **{name: (say, table) for name, (table, say) in sentences.CURVES.items()},
    "labels_table": (tables.labels_table, "labels"),
    "sizes_table": (tables.sizes_table, "sizes"),
    "effort": (tables.effort, "sizes_runs"),
    "board": (tables.board, "speed"),
    "refit": (tables.refit_table, "refit"),
    "mnist_c": (tables.mnist_c_table, "mnist_c"),
    "levers": (tables.levers_table, "levers_effects"),
    "processors": (tables.processors_table, "processors"),
    "small": (tables.small_table, "small"),
}


def anew(page, written):
    """Return the text of a page, of which written(name) is each block."""
    return BLOCK.sub(lambda match: f"{match[1]}{written(match[2])}\n{match[4]}", page)


def filled(page, read=read):
    """Return the text of a page with its blocks made anew."""

    def written(name):
        function, table = BLOCKS[name]
        return function(read(table))

    return anew(page, written)


def main():
    """Fill in the pages."""
    for page in map(Path, PAGES):
        files.write(page, filled(page.read_text(encoding="utf-8")).encode())


if __name__ == "__main__":
    main()
