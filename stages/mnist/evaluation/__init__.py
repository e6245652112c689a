"""Figures on trained networks: accuracy, comparison, cost, robustness, other writers."""
