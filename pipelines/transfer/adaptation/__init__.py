"""Adaptation: our trained networks and a few labelled digits of one hand."""
