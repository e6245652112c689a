import pytest

from mnist.core import accepted_values as accepted

REJECTED = [
    (accepted.below(1), [1.0, -0.1, "0.5", True, None, float("nan")], "a number from 0 to below 1"),
    (accepted.whole(1, 9), [0, 10, 2.5, "3", True, 10**5000], "a whole number from 1 to 9"),
    (accepted.number(0, 10), [float("inf"), -1, [], "1"], "a number from 0 to 10"),
    (accepted.choice("cpu", "auto"), ["gpu", "", None, 0], "one of cpu, auto"),
    (accepted.TRUTH, [1, "true", None], "true or false"),
    (accepted.TEXT, ["", "  ", 3, None], "a text"),
    (accepted.several(2, 2, accepted.SEED), [[1], [1, 2, 3], [1, "2"], 3], "a list of 2 values"),
    (
        accepted.several(1, 3, accepted.SEED, distinct=True),
        [[], [0, 0], [-1], {0: 1}],
        "a list of 1 to 3 values, each a whole number from 0 to 4294967295, all different",
    ),
]


@pytest.mark.parametrize(("table", "values", "words"), REJECTED)
def test_a_value_outside_is_not_accepted_and_the_words_say_what_is(table, values, words):
    assert not any(table.holds(value) for value in values)
    assert words in table.words()


def test_limits_are_accepted_themselves_but_not_where_they_are_said_not_to_be():
    assert accepted.whole(1, 9).holds(1) and accepted.whole(1, 9).holds(9)
    assert accepted.below(1).holds(0) and accepted.below(1).holds(0.999)
    assert accepted.number(0, 1).holds(1) and accepted.several(0, 1, accepted.TEXT).holds([])


def test_a_table_is_data_that_a_search_can_read_its_limits_from():
    table = accepted.several(1, 8, accepted.whole(1, 16))
    assert (table.kind, table.low, table.high) == ("list", 1, 8)
    assert (table.each.kind, table.each.low, table.each.high) == ("whole", 1, 16)
