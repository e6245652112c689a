"""Run the notebook from top to bottom and keep its outputs, which a test holds against the figures.

    python benchmarks/run_notebook.py    # seconds; needs notebooks/requirements.txt

It shows the figures of the last commit, and what the models say where they are here: commit the
figures first, and run it where the pipeline has run.
"""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

PATH = Path("notebooks/cnn_vs_ann.ipynb")


def executed(notebook, **options):
    """Return the notebook with the outputs that it has now, without times and versions."""
    metadata = notebook.metadata.copy()
    resources = {"metadata": {"path": str(PATH.parent.absolute())}}
    client = NotebookClient(notebook, resources=resources, record_timing=False, **options)
    client.execute()
    notebook.metadata = metadata
    return notebook


def main():
    """Run the notebook, and save it."""
    nbformat.write(executed(nbformat.read(PATH, 4)), PATH)


if __name__ == "__main__":
    main()
