"""Bring other published digits, and clothes, where they can be had, into data/others."""

from mnist import stage


def main(fetch):
    """Write each set that can be had, and which those are, into data/others.

    A set that cannot be had is told in a line and is no failure: generalize reports it as not
    measured. The digits that need no network bring none of them.
    """
    from mnist import files, others
    from mnist.errors import Refused

    had = dict.fromkeys(others.SETS, False)
    for name in others.SETS if fetch["dataset"] == "mnist" else ():
        try:
            files.write_arrays(f"data/others/{name}.npz", **others.bring(name))
            had[name] = True
        except Refused as error:
            advice = "OTHERS_MIRROR may name a folder or URL of its own that has it"
            print(f"fetch_others: {name} will not be measured: {error}; {advice}")
    files.write_json("data/others/sets.json", had)


if __name__ == "__main__":
    stage.run(main)
