"""The one exception that a person is meant to read."""


class Refused(Exception):
    """Bad input. The message says, in one line, what is wrong, where, and what to do."""
