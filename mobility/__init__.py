"""Consult a city's people on its mobility plan: measures on a heritage map, comments, votes, answers."""

__version__ = "0.1.0"
