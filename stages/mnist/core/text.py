"""Text from elsewhere, made safe to print."""

import re

CREDENTIALS = re.compile(r"(?<=://)\S*@")  # user:password@ of a URL, whatever the password holds
LONGEST = 60  # characters of a value that are shown


def printable(path: object) -> str:
    """Return a path, or any other name, as one line of text."""
    text = str(path)
    return text if text and text.isprintable() else ascii(text)


def line(message: object) -> str:
    """Return a message as one line without control characters and without passwords in URLs."""
    clean = (c if c.isprintable() else " " if c.isspace() else ascii(c)[1:-1] for c in str(message))
    return CREDENTIALS.sub("", " ".join("".join(clean).split()))


def shown(value: object) -> str:
    """Return a value as Python writes it, shortened to at most LONGEST characters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, lists in lists in lists
        return f"a {type(value).__name__} too long to show"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
