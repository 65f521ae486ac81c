"""The command line, derived from the verbs."""

from .run import main

__all__ = ["main"]
