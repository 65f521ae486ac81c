"""The facade: every verb exists once, here."""

from .project import Project

__all__ = ["Project"]
