import pandas as pd
import pytest

import small
from mnist.evaluation import efficiency

SETTINGS = {
    "cnn": {
        "widths": [16, 32, 48, 96],
        "dropout": 0.1,
        "epochs": 12,
        "batch_size": 256,
        "learning_rate": 0.015,
        "weight_decay": 0.01,
        "label_smoothing": 0.05,
        "averaging": 0.99,
    },
    "augment": {"noise": 0.3, "ones": 0.15, "stroke": 0.8, "rotation": 10.0},
    "compute": {},
    "seeds": [0],
}


@pytest.mark.parametrize("variant", small.VARIANTS)
def test_every_variant_is_small_and_trains_for_long(variant):
    recipe, augment = small.recipe_for(variant, SETTINGS, 10)
    model = small.sizes.build("cnn", recipe, 10)
    assert 8000 < efficiency.parameters(model) <= small.SIZE
    assert recipe["epochs"] > SETTINGS["cnn"]["epochs"] and augment["noise"] == 0


def test_the_best_variant_alone_gets_other_seeds(tmp_path, monkeypatch):
    monkeypatch.setattr(small, "PATH", tmp_path / "small.csv")
    monkeypatch.setattr(small.measuring, "settings", lambda: SETTINGS)
    monkeypatch.setattr(small.device, "prepare", lambda: None)
    monkeypatch.setattr(small.learning, "parts", lambda settings: (None, None))
    monkeypatch.setattr(
        small.prepared, "dataset", lambda: type("", (), {"classes": list(range(10))})
    )
    best, asked = list(small.VARIANTS)[1], []

    def run(key, recipe, augment, learnt, held):
        asked.append(key[2:])
        digest = small.learning.digest(recipe, augment)
        return {"shape": key[2], "seed": key[3], "recipe": digest, "errors": 60 - (key[2] == best)}

    monkeypatch.setattr(small.sizes, "run", run)
    small.main()
    small.main()
    assert asked == [(each, 0) for each in small.VARIANTS] + [(best, each) for each in small.SEEDS]
    assert len(pd.read_csv(small.PATH)) == len(asked)
    monkeypatch.setattr(small, "SEEDS", (1,))
    monkeypatch.delitem(small.VARIANTS, list(small.VARIANTS)[-1])
    small.main()
    left = pd.read_csv(small.PATH)
    assert set(left["variant"]) == small.VARIANTS.keys() and set(left["seed"]) == {0, 1}
