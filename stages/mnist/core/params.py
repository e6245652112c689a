"""Reading params.yaml: what is wrong in it is an InputError that names the key.

It is read by the library that DVC reads it with, ruamel.yaml (YAML 1.2), so that a value is the
same for both. Nothing here alters a value.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from mnist.core import text
from mnist.core.accepted_values import SEED, Accepted, several
from mnist.core.errors import InputError

Tables = Mapping[str, Accepted | Mapping[str, Accepted]]

PATH = "params.yaml"
SECTIONS = ("seeds", "fetch", "preprocess", "compute", "augment", "generalize")
SEEDS = several(1, 100, SEED, distinct=True)
LARGEST = 65_536  # bytes; ours has 2,000, and DVC takes minutes over some megabytes
DEEPEST = 10  # levels; of our files one has six, and the scanner takes 20 seconds over 5,000


def place(path: str | Path) -> str:
    """Return, of a file in a folder of a pipeline's, where its commands are to be given."""
    return f"in {Path(path).parent}, " if Path(path).name != str(path) else ""


def advice(path: str | Path) -> str:
    """Return what to do about a file of parameters that is wrong.

    The file is removed before git writes it again: DVC writes an experiment's value in the second
    in which git looked at the file, and git takes a file of the same second and size for unchanged.
    """
    name = Path(path).name
    undo = f"{place(path)}'rm {name} && git checkout HEAD {name}' undoes an experiment's change"
    return f"mend {path} ({undo})"


def read(path: str | Path = PATH) -> dict:
    """Return the content of params.yaml, unchecked but for its form: a mapping of sections.

    Raises InputError where it is missing, too large or too deep, no valid YAML, or uses aliases.
    """
    mend = advice(path)
    try:
        size = Path(path).stat().st_size
        if size > LARGEST:
            raise InputError(f"{path} has {size:,} bytes, expected at most {LARGEST:,}; {mend}")
        content = Path(path).read_bytes().decode()
        depth = 0
        for event in YAML(typ="safe").parse(content):
            # Aliases that refer to aliases grow without end when DVC writes them out.
            if isinstance(event, AliasEvent):
                raise InputError(f"{path} has an alias (*name), which is not accepted; {mend}")
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            if depth > DEEPEST:
                where = f"{path}, line {event.start_mark.line + 1}"
                raise InputError(f"{where} is nested more than {DEEPEST} levels deep; {mend}")
        values = YAML(typ="safe").load(content)
    except FileNotFoundError:
        root = "run from the folder that holds dvc.yaml"
        back = f"{place(path)}'git checkout HEAD {Path(path).name}' brings it back"
        there = root if path == PATH else back
        raise InputError(f"{path} is not here; {there}") from None
    except (YAMLError, UnicodeDecodeError, ValueError, LookupError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InputError(f"{path}{where} is not valid YAML: {text.line(reason)}; {mend}") from error
    if not isinstance(values, dict):
        raise InputError(f"{path} is {text.shown(values)}, expected sections with names; {mend}")
    if other := [key for key in values if not isinstance(key, str)]:
        raise InputError(f"{path} has {text.shown(other[0])}, expected names of sections; {mend}")
    return values


def models(values: Mapping) -> list[str]:
    """Return the names of the models, in order: every section that is none of SECTIONS.

    Raises InputError where there is none.
    """
    if names := [name for name in values if name not in SECTIONS]:
        return names
    raise InputError(f"{PATH} has no model; {advice(PATH)}")


def problems(value: object, table: Accepted | Tables, name: str = "") -> Iterator[str]:
    """Yield a phrase for every way in which a value differs from what is accepted."""
    if isinstance(table, Accepted):
        if not table.holds(value):
            yield f"{name} is {text.shown(value)}, expected {table.words()}"
    elif not isinstance(value, dict):
        yield f"{name} is {text.shown(value)}, expected the keys {', '.join(table)}"
    else:
        prefix = f"{name}." if name else ""
        for key in value.keys() - table.keys():
            yield f"{prefix}{text.printable(key)} is unknown, expected one of {', '.join(table)}"
        for key in table.keys() - value.keys():
            yield f"{prefix}{key} is missing"
        for key in table.keys() & value.keys():
            yield from problems(value[key], table[key], f"{prefix}{key}")


def check(values: Mapping, tables: Tables, path: str | Path = PATH) -> None:
    """Raise InputError with the full name of every key that differs from its table.

    Path is where the values were read.
    """
    if found := sorted(problems(dict(values), tables)):
        raise InputError(f"{'; '.join(found)}; {advice(path)}")
