"""How every stage starts and how it fails."""

import argparse
import errno
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from mnist.core import params, text
from mnist.core.errors import InputError

ADVICE = {  # what to do where the system refuses to read or write a file
    errno.ENOSPC: "free some space, then give the same command again",
    errno.EDQUOT: "free some space, then give the same command again",
    errno.EACCES: "give yourself permission: chmod -R u+rwX on its folder",
    errno.EPERM: "give yourself permission: chmod -R u+rwX on its folder",
    errno.EROFS: "its disk cannot be written to: copy the project to one that can",
    errno.ENOTDIR: "a file stands where a folder is needed: move it away",
    errno.EISDIR: "a folder stands where a file is needed: move it away",
}


def reason(error: OSError | InputError) -> str:
    """Return what went wrong in a line: for an OSError why, what to do and, if known, where."""
    if not isinstance(error, OSError) or error.strerror is None:
        return text.line(error)
    advice = ADVICE.get(error.errno, "see to it, then give the same command again")
    where = "" if error.filename is None else f"{text.printable(error.filename)}: "
    return text.line(f"{where}{error.strerror}; {advice}")


def run(
    main: Callable[..., None],
    tables: params.Tables | None = None,
    add: Callable[[argparse.ArgumentParser], None] | None = None,
    others: Mapping[str | Path, params.Tables] | None = None,
) -> None:
    """Call a stage's main with the sections of params.yaml that its arguments name.

    Those with a table, {section: what its keys may be}, are checked first. So are the sections of
    others, {another file of parameters: its tables}, as a pipeline in pipelines/ has. The argument
    `models` is the list of the models' names. Any other argument comes from the command line:
    `--seed`, one of the seeds in params.yaml, and what add(parser), where given, adds.

    An InputError or OSError ends as one line and exit code 1, a wrong command line with 2, and
    whoever reads the output and stops, such as head, ends it quietly. Any other exception is a bug
    and keeps its traceback.
    """
    name, wanted = Path(sys.argv[0]).stem, inspect.signature(main).parameters
    tables = {"seeds": params.SEEDS, **(tables or {})}
    try:
        values = params.read()
        params.check({key: values[key] for key in tables.keys() & values.keys()}, tables)
        known = {**values, "models": params.models(values) if "models" in wanted else []}
        for path, own in (others or {}).items():
            more = params.read(path)
            if twice := sorted(known.keys() & more.keys()):
                both = f"{path} has {twice[0]}, which belongs to {params.PATH} alone"
                raise InputError(f"{both}; {params.advice(path)}")
            params.check({key: more[key] for key in own.keys() & more.keys()}, own, path)
            known |= more
        parser = argparse.ArgumentParser(description=inspect.getdoc(main))
        parser.error = lambda reason: parser.exit(2, f"{name}: {text.line(reason)}; see --help\n")
        if "seed" in wanted:
            parser.add_argument("--seed", type=int, required=True, choices=known["seeds"])
        if add:
            add(parser)
        options = vars(parser.parse_args())
        if lacking := [key for key in wanted if key not in {*options, *known}]:
            path = next(iter(others or ()), params.PATH)  # sections with a table are there
            raise InputError(f"{path} has no section {lacking[0]}; {params.advice(path)}")
        main(**options, **{key: known[key] for key in wanted.keys() & known.keys()})
        sys.stdout.flush()  # here, since at the exit nothing could catch a closed pipe
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # for Python's own last flush
        sys.exit(1)
    except (InputError, OSError) as error:
        sys.exit(f"{name}: {reason(error)}")
    except KeyboardInterrupt:
        sys.exit(f"{name}: interrupted")
