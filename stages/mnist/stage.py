"""How every stage starts and how it fails."""

import argparse
import inspect
import sys
from pathlib import Path

from mnist import params
from mnist.errors import Refused


def run(main, add=None):
    """Call a stage's main with the sections of params.yaml that its arguments name.

    An argument that is no section comes from the command line: --seed, one of the seeds there, and
    what add(parser), where given, adds to an argparse.ArgumentParser. A wrong parameter is refused
    before main, which does the heavy imports, is called. What is refused ends as one line and exit
    code 1, a wrong command line with 2; any other exception is a bug and keeps its traceback.
    """
    name, wanted = Path(sys.argv[0]).stem, inspect.signature(main).parameters
    try:
        values = params.load()
        parser = argparse.ArgumentParser(description=inspect.getdoc(main))
        parser.error = lambda reason: parser.exit(2, f"{name}: {reason}; see --help\n")
        if "seed" in wanted:
            parser.add_argument("--seed", type=int, required=True, choices=values["seeds"])
        if add:
            add(parser)
        options = vars(parser.parse_args())
        main(**options, **{key: values[key] for key in wanted.keys() & values.keys()})
    except (Refused, OSError) as error:
        sys.exit(f"{name}: {error}")
    except KeyboardInterrupt:
        sys.exit(f"{name}: interrupted")
