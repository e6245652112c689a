"""The networks, one file per architecture, their weights, and what they answer.

A module NAME.py here with a function `build` and a table ACCEPTED is an architecture: a section
NAME of params.yaml configures it, and nothing else in this package knows its name.
"""
