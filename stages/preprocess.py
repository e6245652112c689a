"""Check, clean and divide the raw images; all models read the files that this stage writes."""

from dataclasses import asdict

from mnist.core import command, files
from mnist.data import accepted, cleaning, idx, prepared
from mnist.data.datasets import DATASETS


def main(fetch, preprocess):
    """Check, clean and divide the raw images into data/prepared."""
    dataset = DATASETS[fetch["dataset"]]
    raw, labels = idx.read_pair("data/raw", "train")
    test = idx.read_pair("data/raw", "t10k")
    keep = cleaning.usable(raw, test[0])
    images, labels = raw[keep], labels[keep]
    train, held = cleaning.split(labels, **preprocess)
    parts = {
        "train": (images[train], labels[train]),
        "validation": (images[held], labels[held]),
        "test": test,
    }
    mean, std = cleaning.normalisation(images[train])  # validation and test stay unseen
    classes = list(dataset.classes)
    about = prepared.PreparedDataset(dataset.name, classes, dataset.digits, mean, std)
    files.write_json(prepared.DATASET, asdict(about))

    report = {
        "dropped_from_train": int((~keep).sum()),
        "in_train_and_test": len({*cleaning.digests(raw)} & {*cleaning.digests(test[0])}),
        "mean": round(mean, 4),
        "std": round(std, 4),
    }
    for part, (x, y) in parts.items():
        files.write_arrays(prepared.path(part), images=x, labels=y)
        report[part] = cleaning.describe(x, y)
    files.write_json("metrics/data.json", report)


if __name__ == "__main__":
    command.run(main, {"fetch": accepted.FETCH, "preprocess": cleaning.ACCEPTED})
