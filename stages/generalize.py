"""Measure both models on what MNIST does not have: corruptions, other geometry, other hands."""

from mnist import stage


def main(seeds, compute, augment, generalize):
    """Measure all seeds of both models far from MNIST, into metrics/ and plots/."""
    import numpy as np
    import pandas as pd
    import torch

    from mnist import (
        committee,
        corruptions,
        data,
        figures,
        files,
        hands,
        models,
        robustness,
        runs,
        sheets,
        strangers,
    )

    torch.set_num_threads(compute["threads"])
    own = {path: hands.read(path) for path in generalize["others"]}  # what is wrong, at once
    runs.refuse_leftovers(models.ARCHITECTURES, seeds)
    networks = committee.networks(seeds)
    first = {name: each[:1] for name, each in networks.items()}  # for what is many
    images, labels = data.load("test")
    chosen = robustness.sample(labels, generalize["images"])
    images, labels = images[chosen], labels[chosen]
    few = robustness.sample(labels, generalize["images"] // 4)
    few_images, few_labels = images[few], labels[few]

    kinds, seen = [*corruptions.KINDS], corruptions.seen(augment)
    rows = robustness.corrupted(networks, images, labels, kinds, "reference")
    for strength in ("weaker", "stronger"):
        rows += robustness.corrupted(first, few_images, few_labels, kinds, strength)
    table = pd.DataFrame(rows)
    table.insert(1, "seen", table["kind"].isin(seen))
    curves = pd.DataFrame(robustness.curves(first, few_images, few_labels))

    reference = table[table["strength"] == "reference"]
    summary = {name: {} for name in networks}
    for name, part in reference.groupby("model"):
        summary[name]["mean_corruption_error"] = part["error"].mean()
        for key, rows in part.groupby("seen"):
            summary[name]["error_seen" if key else "error_never_seen"] = rows["error"].mean()
    none = {"blank": strangers.blank(), "noise": strangers.noise(len(images))}
    none |= {"letters": strangers.letters(), "clothes": hands.clothes(len(images))}
    for name, each in networks.items():
        for kind, x in none.items():
            auroc = None if x is None else robustness.told_apart(each, images, x)
            summary[name][f"auroc_{kind}"] = auroc

    digits, truth = strangers.uci_digits()
    digits = digits, truth, np.zeros(len(truth), bool), None
    rows = robustness.by_hand(networks, "UCI digits", digits)
    for row in rows:
        summary[row["model"]] |= {f"uci_{key}": row[key] for key in ("accuracy", "low", "high")}
    for name, digits in hands.published(generalize["images"]).items():
        rows += robustness.by_hand(networks, name, digits)
    for name, (readers, truth, people) in own.items():
        shown, refused = hands.prepared(readers)
        rows += robustness.by_hand(networks, name, (shown, truth, refused, people), each=True)
    others = pd.DataFrame(rows, columns=robustness.COLUMNS)
    counts = dict.fromkeys(("images", "refused", "people"), "Int64")
    for name in summary:
        known = {k: round(float(v), 5) for k, v in summary[name].items() if v is not None}
        summary[name] |= known
    files.write_json("metrics/generalize.json", summary)
    files.write_csv("metrics/others.csv", others.astype(counts).round(5))
    files.write_csv("metrics/corruptions.csv", table.round(5))
    files.write_csv("metrics/geometry.csv", curves.round(5))

    ten = [int(np.flatnonzero(labels == digit)[0]) for digit in range(10)]
    looks = {kind: corruptions.corrupt(images[ten], kind) for kind in kinds}
    files.write("plots/corruptions.png", sheets.corruptions({"as it is": images[ten], **looks}))
    files.write("plots/corruption_errors.png", figures.corruption_errors(reference))
    files.write("plots/geometry.png", figures.geometry(curves))


if __name__ == "__main__":
    stage.run(main)
