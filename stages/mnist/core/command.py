"""How every stage starts and how it fails."""

import argparse
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from mnist.core import params, text
from mnist.core.errors import InputError


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

    An InputError or OSError ends as one line and exit code 1, a wrong command line with 2. Any
    other exception is a bug and keeps its traceback.
    """
    name, wanted = Path(sys.argv[0]).stem, inspect.signature(main).parameters
    tables = {"seeds": params.SEEDS, **(tables or {})}
    try:
        values = params.read()
        params.check({key: values[key] for key in tables.keys() & values.keys()}, tables)
        known = {**values, "models": params.models(values) if "models" in wanted else []}
        for path, tables in (others or {}).items():
            more = params.read(path)
            params.check({key: more[key] for key in tables.keys() & more.keys()}, tables, path)
            known |= more
        parser = argparse.ArgumentParser(description=inspect.getdoc(main))
        parser.error = lambda reason: parser.exit(2, f"{name}: {text.line(reason)}; see --help\n")
        if "seed" in wanted:
            parser.add_argument("--seed", type=int, required=True, choices=known["seeds"])
        if add:
            add(parser)
        options = vars(parser.parse_args())
        main(**options, **{key: known[key] for key in wanted.keys() & known.keys()})
    except (InputError, OSError) as error:
        sys.exit(f"{name}: {text.line(error)}")
    except KeyboardInterrupt:
        sys.exit(f"{name}: interrupted")
