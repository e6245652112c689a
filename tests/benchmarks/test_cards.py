import json

import pytest

import cards

FILES = {
    "metrics/test.json": {
        "accuracy": 0.99123, "low": 0.98, "high": 0.995, "ece": 0.02,
        "errors": 87.7, "errors_at_99": 40,
    },
    "metrics/selection.json": {
        "validation_accuracy": 0.99, "train_minus_validation": 0.004, "parameters": 1234,
        "multiply_accumulates": 56_789, "bytes": 2_700_000,
    },
    "metrics/generalize.json": {"mean_corruption_error": 0.061},
}  # fmt: skip
TABLES = {
    "metrics/classes.csv": "model,class,precision,recall,support\na,7,0.9,0.95,1028\nb,7,0,0,1\n",
    "benchmarks/results/handwriting.csv": (
        "set,part,model,images,people,refused,accuracy,low,high\n"
        "photos,odd,a,1621,38.0,2,0.987,0.94,0.99\nUSPS,test,a,2007,,0,0.98,0.97,0.985\n"
    ),
    "metrics/corruptions.csv": (
        "kind,seen,strength,model,error\nfog,False,reference,a,0.01\n"
        "glass_blur,True,reference,a,0.2\nfog,False,other,a,0.9\n"
    ),
}


def read(path):
    return json.dumps({"a": FILES[path]}) if path in FILES else TABLES[path]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("figures", ["| Test accuracy | 99.12 % (98.00 to 99.50) |", "| Parameters | 1,234 |"]),
        ("digits", ["| 7 | 1,028 | 95.00 % | 90.00 % |"]),
        (
            "writers",
            [
                "| photos | odd | 1,621 | 38 | 2 | 98.7 % (94.0 to 99.0) |",
                "| USPS | test | 2,007 | – | 0 | 98.0 % (97.0 to 98.5) |",
            ],
        ),
        ("corruptions", ["| glass blur | 20.0 % | yes |", "| fog | 1.0 % | no |"]),
    ],
)
def test_a_block_has_a_line_for_each_figure_of_the_model(name, lines):
    page = cards.filled(f"Before\n<!-- {name} -->\nold\n<!-- end -->\nafter\n", "a", read)
    assert page.startswith("Before\n") and page.endswith("<!-- end -->\nafter\n")
    assert "old" not in page and [line for line in page.splitlines() if line in lines] == lines


def test_only_the_kinds_at_the_benchmark_s_strength_are_told():
    assert "90.0 %" not in cards.corruptions(read, "a")
