import pytest

from mnist.core import text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:secret@host/a", "https://host/a"),
        ("no https://token@host:8080/x and http://a:b@c", "no https://host:8080/x and http://c"),
        ("http://u:p@ss/w?rd@host/x", "http://host/x"),
        ("https://host/a", "https://host/a"),
        ("mail a@b", "mail a@b"),
    ],
)
def test_credentials_in_a_url_are_left_out(url, shown):
    assert text.line(url) == shown


def test_a_message_is_one_line_without_control_characters():
    said = text.line("two\nlines\tand \x1b[31mred\x07\r end ")
    assert said == "two lines and \\x1b[31mred\\x07 end"
    assert said.isprintable()


def test_names_are_one_line_of_text():
    assert text.printable("a b/ü.png") == "a b/ü.png"
    assert text.printable("two\nlines") == "'two\\nlines'" and text.printable("") == "''"


def test_a_value_is_shown_however_large_it_is():
    nested = []
    for _ in range(5000):
        nested = [nested]
    assert text.shown([1, "a"]) == "[1, 'a']"
    assert len(text.shown("x" * 1000)) == text.LONGEST
    assert text.shown(10**5000) == "a int too long to show"
    assert len(text.shown(nested)) <= text.LONGEST
