"""The networks, one file per architecture, their weights, and what they answer.

A module NAME.py here that has a function `build` is an architecture: a section NAME of params.yaml
configures it, and nothing else in this package knows its name.
"""
