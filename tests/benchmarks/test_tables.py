import pandas as pd

import tables


def test_an_error_has_its_interval():
    row = {"error": 0.0046, "low": 0.0028, "high": 0.00651}
    assert tables.percent(row, "error", "low", "high") == "0.46 % (0.28 to 0.65)"


def test_few_labels_have_one_digit_and_many_two():
    rows = [
        (name, each, n, 5, 0.123456, 0.1, 0.2)
        for n in (10, 3000)
        for name in ("ann", "cnn")
        for each in (True, False)
    ]
    columns = ["model", "augmented", "labels", "draws", "error", "low", "high"]
    table = tables.labels_table(pd.DataFrame(rows, columns=columns))
    assert "| 10 | 5 | 12.3 % (10.0 to 20.0) |" in table
    assert "| 3,000 | 5 | 12.35 % (10.00 to 20.00) |" in table


def test_a_search_is_counted_with_its_time():
    runs = pd.DataFrame(
        {
            "model": [name for name in ("ann", "cnn") for _ in range(5)],
            "size": 1000,
            "shape": ["one", "two", "two", "two", "two"] * 2,
            "seed": [0, 0, 1, 2, 3] * 2,
            "seconds": [60.0, 60.0, 300.0, 300.0, 600.0] * 2,
        }
    )
    assert "| ANN | 1 | 2 | 2 | 2 min | 22 min |" in tables.effort(runs)
    unfinished = runs.assign(size=3000).query("seed < 3")
    assert tables.effort(pd.concat([runs, unfinished])) == tables.effort(runs)


def test_the_variant_with_other_seeds_has_their_mean_alone():
    runs = pd.DataFrame(
        {
            "variant": ["long", "plain", "plain", "plain"],
            "seed": [0, 0, 1, 2],
            "parameters": 8745,
            "epochs": 60,
            "errors": [70, 50, 60, 62],
        }
    )
    table = tables.small_table(runs)
    assert "| long | 8,745 | 60 | 0.70 % | – |" in table
    assert "| plain | 8,745 | 60 | 0.50 % | 0.61 % (" in table


def test_the_board_is_in_the_order_of_cost_with_the_seeds_that_reached_it():
    table = pd.DataFrame(
        {
            "entry": ["train_mnist_fast", "cnn to 99.0 %"],
            "network": ["train_mnist_fast", "cnn"],
            "target": [None, 0.99],
            "seeds": 10,
            "units": [1.0, 0.5],
            "least": [1.0, 0.4],
            "most": [1.0, 0.6],
            "error": [0.012, 0.009],
            "low": [0.01, 0.008],
            "high": [0.014, 0.01],
            "reached": [10, 8],
        }
    )
    _, _, first, second = tables.board(table).splitlines()
    assert first == (
        "| our CNN | 99.0 % | 0.50 (0.40 to 0.60) | 99.10 % (99.00 to 99.20) | 8 of 10 |"
    )
    assert second.startswith("| train_mnist_fast | – | 1.00") and second.endswith("| – |")


def test_both_codes_stand_beside_each_other_for_each_kind():
    figures = {"ours": 0.01, "ours_low": 0.005, "ours_high": 0.02, "theirs": 0.012}
    figures |= {"theirs_low": 0.01, "theirs_high": 0.02}
    figures |= {"difference_low": -0.001, "difference_high": 0.005}
    rows = [{"model": name, "kind": "glass_blur", **figures} for name in ("cnn", "ann")]
    line = tables.mnist_c_table(pd.DataFrame(rows)).splitlines()[-1]
    each = "1.00 % (0.50 to 2.00) | 1.20 % (1.00 to 2.00) | -0.10 to +0.50"
    assert line == f"| glass blur | {each} | {each} |"
