"""`make drill` has its cases, and tells a good end from a bad one."""

import sys
from dataclasses import replace

import pytest

from drill import doors, harness, images, interruptions

EVERY = [*doors.every(), *images.every()]


def test_there_are_hundreds_of_cases_none_of_them_twice():
    names = [case.name for case in EVERY] + list(interruptions.every())
    assert len(names) == len(set(names)) > 300


@pytest.mark.slow
@pytest.mark.skipif(not sys.prefix.isascii(), reason="torch does not start there without UTF-8")
def test_a_clear_line_is_no_complaint_and_all_else_is(project):
    (case,) = [case for case in EVERY if case.name == "ann.epochs: text"]
    found, printed = harness.complaints(case, project)
    assert not found, printed
    accepted = replace(case, hurt=doors.parameter("ann", "epochs", 3))
    found, _ = harness.complaints(accepted, project)
    assert "exit code 0" in found and "no line that names 'ann.epochs'" in found
    broken = replace(case, command=("python", "-c", "open('new', 'w'); 1 / 0"))
    found, _ = harness.complaints(broken, project)
    assert "a traceback" in found and "left or changed new" in found
