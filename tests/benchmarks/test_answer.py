import pandas as pd

import answer

REFIT = pd.DataFrame(
    {
        "model": ["ann", "ann", "cnn", "cnn"],
        "images": 60_000,
        "epochs": [18, 18, 12, 12],
        "test_errors": [70, 80, 38, 40],
        "test_accuracy": [0.993, 0.992, 0.9962, 0.996],
    }
)


def test_what_stands_between_the_marks_is_made_anew_and_nothing_else():
    page = "before\n\n<!-- refit -->\nold\n<!-- end -->\n\nafter <!-- a note -->\n"
    found = answer.filled(page, {"refit": REFIT}.get)
    assert found.startswith("before\n\n<!-- refit -->\n| ") and "old" not in found
    assert "| ANN | 60,000 | 18 | 2 | 99.25 % | 0.07 points | 70, 80 |" in found
    assert found.endswith("<!-- end -->\n\nafter <!-- a note -->\n")
    assert answer.filled(found, {"refit": REFIT}.get) == found
