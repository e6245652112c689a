"""Say which digits are in people's own images: those in data/custom, or those that are named."""

import sys
from os.path import lexists, realpath
from pathlib import Path

from mnist.core import command, files
from mnist.core.errors import InputError
from mnist.core.text import printable

CUSTOM = Path("data/custom")
PICTURE = "plots/custom.png"
CAPTION = 14  # letters of a file's name that fit above its digit
SHOWN = 300  # digits in the picture, 5,000 dots high: of thousands it takes gigabytes to draw


def options(parser):
    """Add the command line's arguments to an argparse.ArgumentParser."""
    parser.add_argument("images", nargs="*", help="photos or drawings; write ./-7.jpg for -7.jpg")
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    parser.add_argument("--model", metavar="FOLDER", help="ask a model of pipelines/transfer/adapt")
    parser.add_argument("--show", metavar="PNG", help="draw what the models saw into this file")


def check(images, show, model):
    """Raise InputError where the command line or data/custom is not as it should be."""
    if model is not None and not images:
        raise InputError(f"--model {printable(model)}: name images, too")
    option = f"--show {printable(show)}"
    if show is not None and Path(show).suffix.lower() != ".png":
        raise InputError(f"{option}: name a file to be written, in .png")
    if show is not None and not images:
        raise InputError(f"{option}: name images, too; {PICTURE} shows those in {CUSTOM}")
    if show is not None and realpath(show) in map(realpath, images):
        raise InputError(f"{option} is one of the images; name a file to be written")
    if not images and lexists(CUSTOM) and not CUSTOM.is_dir():
        kind = "a file" if CUSTOM.is_file() else "no folder"
        raise InputError(f"{CUSTOM} is {kind}; put a folder for your images in its place")


def main(seeds, models, images, json, model, show):
    """Say which digits are in images; without any, in data/custom, into metrics/ and plots/."""
    check(images, show, model)  # before torch is imported, which takes seconds

    from json import dumps

    import numpy as np

    from mnist.data import prepared
    from mnist.photos import answers

    paths = images or sorted(map(str, CUSTOM.glob("[!.]*")))
    title = "Digits as the models saw them"
    if not paths:
        title = f"No image in {CUSTOM} yet: put photos of digits there, and run dvc repro"
    # Who has brought trained models alone has no data, and an adapted model has seen digits.
    named = model is not None or not prepared.DATASET.exists()
    dataset = None if named else prepared.dataset()
    skipped = dataset is not None and not dataset.digits
    if skipped:
        reason = f"the networks were trained on {dataset.name}, which has no digits"
        paths, title = [], f"Skipped: {reason}"
        if images:
            raise InputError(f"{reason}; choose fetch.dataset in params.yaml and run 'dvc repro'")

    photos, problems = answers.read(paths)
    digits = np.concatenate([np.zeros((0, 28, 28), np.uint8), *(each for _, each in photos)])
    if model is None:
        said, limits = answers.ask(digits, models, seeds), None
    else:
        from mnist.models import adapted, ensemble

        about, networks = adapted.load(model)
        models, limits = [about.model], {about.model: about.unsure_below}
        said = {about.model: ensemble.predict(networks, digits)}
    rows = answers.rows(photos, said, limits)

    if json:
        print(dumps([*rows, *problems], indent=2))
    elif skipped:
        print(title)
    else:
        sys.stdout.reconfigure(errors="backslashreplace")  # names that the terminal cannot show
        several = [len(each) > 1 for _, each in photos for _ in each]
        for row, many in zip(rows, several, strict=True):
            print(answers.sentence(row, models, many))
    sys.stdout.flush()  # answers come before problems where both go to one file
    for row in problems:
        print(f"predict: {row['problem']}", file=sys.stderr)

    if not images:
        files.write("metrics/custom.csv", answers.table([*rows, *problems], models).encode())
    if not images or (show and rows):
        from mnist.plots import grids, style

        shown, more = rows[:SHOWN], len(rows) - SHOWN
        if more > 0:
            title = f"The first {SHOWN} digits as the models saw them, {more:,} left out"
        labels = [row["label"] for row in shown]
        names = [printable(Path(row["file"]).name)[:CAPTION] for row in shown]
        classes = [str(digit) for digit in range(10)]
        drawn = digits[:SHOWN], labels, said, range(len(shown)), title
        figure = grids.gallery(*drawn, classes=classes, captions=names)
        try:
            files.write(show or PICTURE, style.png(figure))
        except OSError as error:
            if not show:
                raise
            problem = f"cannot be written: {error.strerror}; name another"
            raise InputError(f"--show {printable(show)} {problem}") from error
    if problems and images:
        sys.exit(1)


if __name__ == "__main__":
    command.run(main, add=options)
