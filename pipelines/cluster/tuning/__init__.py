"""Searching for parameters: what may be tried, what was tried, what to try next, and one trial."""
