"""Check, clean and divide the raw digits; both models read the files that this stage writes."""

from mnist import stage


def main(preprocess):
    """Check, clean and divide the raw digits into data/prepared."""
    from mnist import data, figures, files, idx

    raw, raw_labels = idx.read_pair("data/raw", "train")
    test, test_labels = idx.read_pair("data/raw", "t10k")
    keep = data.usable(raw, test)
    images, labels = raw[keep], raw_labels[keep]
    train, validation = data.split(labels, **preprocess)
    mean, std = data.normalisation(images[train])  # validation and test stay unseen

    parts = {
        "train": (images[train], labels[train]),
        "validation": (images[validation], labels[validation]),
        "test": (test, test_labels),
    }
    for name, (x, y) in parts.items():
        files.write_arrays(f"data/prepared/{name}.npz", images=x, labels=y)
    files.write_json("data/prepared/normalisation.json", {"mean": mean, "std": std})
    files.write_json(
        "metrics/data.json",
        {
            "dropped_from_train": int((~keep).sum()),
            "in_train_and_test": len(set(data.digests(raw)) & set(data.digests(test))),
            "mean": round(mean, 4),
            "std": round(std, 4),
            **{name: data.describe(*part) for name, part in parts.items()},
        },
    )
    files.write("plots/samples.png", figures.samples(*parts["train"]))


if __name__ == "__main__":
    stage.run(main)
