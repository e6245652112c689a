"""Say which digits are in people's own images: those in data/custom, or those that are named."""

import sys

from mnist import stage


def options(parser):
    """Add the command line's arguments to an argparse.ArgumentParser."""
    parser.add_argument(
        "images",
        nargs="*",
        help="photos or drawings, of one or more digits each; ./-7.jpg if its name begins with -",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    parser.add_argument("--show", metavar="PNG", help="draw what the models saw into this file")


def main(seeds, images, json, show):
    """Say which digits are in images; without any, in data/custom, into metrics/ and plots/."""
    from json import dumps
    from os.path import realpath
    from pathlib import Path

    import numpy as np

    from mnist import answers, files, photos
    from mnist.errors import Refused

    named = f"--show {photos.printable(show)}"
    if show is not None and Path(show).suffix.lower() != ".png":
        raise Refused(f"{named}: name a file to be written, in .png")
    if show and realpath(show) in map(realpath, images):
        raise Refused(f"{named} is one of the images; name a file to be written")
    paths = images or sorted(map(str, Path("data/custom").glob("[!.]*")))
    found, refused = answers.seen(paths)
    counts = [(path, len(digits)) for path, digits in found]
    digits = np.concatenate([np.zeros((0, 28, 28), np.uint8), *(each for _, each in found)])
    said = answers.ask(digits, seeds)
    rows = answers.rows(counts, said)

    if json:
        problems = [{"file": path, "problem": reason} for path, reason in refused]
        print(dumps([*rows, *problems], indent=2))
    else:
        sys.stdout.reconfigure(errors="backslashreplace")  # names that the terminal cannot show
        several = [count > 1 for _, count in counts for _ in range(count)]
        for row, many in zip(rows, several, strict=True):
            print(answers.sentence(row, many))
    sys.stdout.flush()  # answers come before problems where both go to one file
    for _, reason in refused:
        print(f"predict: {reason}", file=sys.stderr)

    if not images:
        files.write("metrics/custom.csv", answers.table(rows, refused).encode())
        show = "plots/custom.png"
    if show and (rows or not images):
        from mnist import sheets

        labels = [row["label"] for row in rows]
        captions = [photos.printable(Path(row["file"]).name)[:14] for row in rows]
        title = "Digits as the models saw them"
        if not paths:
            title = "No image in data/custom yet: put photos of digits there, and run dvc repro"
        every = range(len(rows))
        picture = sheets.gallery(digits, labels, said, every, title, captions=captions)
        try:
            files.write(show, picture)
        except OSError as error:
            raise Refused(f"{named} cannot be written: {error.strerror}; name another") from None
    if refused and images:
        sys.exit(1)


if __name__ == "__main__":
    stage.run(main, options)
