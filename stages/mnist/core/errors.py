"""The one exception that a person is meant to read."""


class InputError(Exception):
    """Input that a person can mend: a parameter, a file, a download, a command line.

    The message says, in one line, what is wrong, where, and what to do.
    """
