"""How every stage starts and how it fails."""

import argparse
import inspect
import sys
from pathlib import Path

from mnist import params
from mnist.errors import Refused


def run(main):
    """Call a stage's main with the sections of params.yaml that its arguments name.

    An argument that is no section comes from the command line: --seed, one of the seeds there.
    A wrong parameter is refused before main, which does the heavy imports, is called. What is
    refused ends as one line and exit code 1; any other exception is a bug and keeps its traceback.
    """
    name, wanted = Path(sys.argv[0]).stem, inspect.signature(main).parameters
    try:
        values = params.load()
        parser = argparse.ArgumentParser(description=inspect.getdoc(main))
        for argument in wanted.keys() - values.keys():
            allowed = values[f"{argument}s"]
            parser.add_argument(f"--{argument}", type=int, required=True, choices=allowed)
        options = vars(parser.parse_args())
        main(**options, **{key: values[key] for key in wanted.keys() & values.keys()})
    except (Refused, OSError) as error:
        sys.exit(f"{name}: {error}")
    except KeyboardInterrupt:
        sys.exit(f"{name}: interrupted")
