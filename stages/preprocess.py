"""Check, clean and divide the raw digits; both models read the files that this stage writes."""

from mnist import stage


def main(preprocess):
    """Check, clean and divide the raw digits into data/prepared."""
    from mnist import data, files, idx, sheets

    raw, labels = idx.read_pair("data/raw", "train")
    test = idx.read_pair("data/raw", "t10k")
    keep = data.usable(raw, test[0])
    images, labels = raw[keep], labels[keep]
    train, held = data.split(labels, **preprocess)
    parts = {
        "train": (images[train], labels[train]),
        "validation": (images[held], labels[held]),
        "test": test,
    }
    for part, (x, y) in parts.items():
        files.write_arrays(f"data/prepared/{part}.npz", images=x, labels=y)
    mean, std = data.normalisation(images[train])  # validation and test stay unseen
    files.write_json("data/prepared/normalisation.json", {"mean": mean, "std": std})

    report = {
        "dropped_from_train": int((~keep).sum()),
        "in_train_and_test": len({*data.digests(raw)} & {*data.digests(test[0])}),
        "mean": round(mean, 4),
        "std": round(std, 4),
    }
    for part, arrays in parts.items():
        report[part] = data.describe(*arrays)
    files.write_json("metrics/data.json", report)
    files.write("plots/samples.png", sheets.samples(*parts["train"]))


if __name__ == "__main__":
    stage.run(main)
