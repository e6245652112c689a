"""The constants of the photo preparation, as the page that does the same in JavaScript needs them.

The page carries them as JSON, so that none is written twice.
"""

from mnist.photos import normalisation, pages, reading, segmentation

MODULES = {
    "segmentation": segmentation,
    "normalisation": normalisation,
    "pages": pages,
    "reading": reading,
}


def numeric(value: object) -> bool:
    """Return whether a value is a number, or a tuple of numbers."""
    several = value if isinstance(value, tuple) else (value,)
    return all(type(each) in (int, float) for each in several)


def constants() -> dict[str, float | list]:
    """Return {"MODULE.NAME": value} of every upper-case number or tuple of numbers, for JSON.

    The modules import no constant from each other by its name, so each is there once.
    """
    return {
        f"{name}.{key}": list(value) if isinstance(value, tuple) else value
        for name, module in MODULES.items()
        for key, value in vars(module).items()
        if key.isupper() and numeric(value)
    }
