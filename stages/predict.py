"""Say which digits are in people's own images: those in data/custom, or those that are named."""

import sys

from mnist import stage


def options(parser):
    """Add the command line's arguments to an argparse.ArgumentParser."""
    parser.add_argument("images", nargs="*", help="photos or drawings, of one or more digits each")
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    parser.add_argument("--show", metavar="PNG", help="draw what the models saw into this file")


def main(seeds, images, json, show):
    """Say which digits are in images; without any, in data/custom, into metrics/ and plots/."""
    from json import dumps
    from pathlib import Path

    import numpy as np

    from mnist import answers, files

    paths = images or sorted(map(str, Path("data/custom").glob("[!.]*")))
    found, refused = answers.seen(paths)
    names = [path for path, _ in found]
    digits = np.stack([image for _, image in found]) if found else np.zeros((0, 28, 28), np.uint8)
    said = answers.ask(digits, seeds)
    rows = answers.rows(names, said)

    if not images:
        files.write("metrics/custom.csv", answers.table(rows, refused).encode())
        show = "plots/custom.png"
    if show:
        from mnist import sheets

        labels = [row["label"] for row in rows]
        captions = [Path(name).name[:14] for name in names]
        title = "Digits as the models saw them"
        if not found:
            title = "No image in data/custom yet: put photos of digits there, and run dvc repro"
        every = range(len(found))
        picture = sheets.gallery(digits, labels, said, every, title, captions=captions)
        files.write(show, picture)
    if json:
        problems = [{"file": path, "problem": reason} for path, reason in refused]
        print(dumps([*rows, *problems], indent=2))
    else:
        print(*(answers.sentence(row, names.count(row["file"]) > 1) for row in rows), sep="\n")
    for _, reason in refused:
        print(f"predict: {reason}", file=sys.stderr)
    if refused and images:
        sys.exit(1)


if __name__ == "__main__":
    stage.run(main, options)
