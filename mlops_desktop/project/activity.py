"""Verbs of what happened: read it, wait for news, take it back."""

from __future__ import annotations

from mlops_desktop.domain.changes import Change, News

from .verb import Group, List, verb
from .waiting import NotYet


class Activity(Group, group="activity"):
    """What happened in the project, by whom, and how to take it back."""

    @verb(right="view")
    def list(self, limit: int = 100, before: int | None = None) -> List[Change]:
        """What happened, newest first.

        Parameters
        ----------
        limit : int
            How many changes at most; 0: all.
        before : int, optional
            Only those before this sequence, for the next page.
        """
        return self.store.changes.newest(limit, before)

    @verb(right="view", waits=True, recorded=False)
    def wait(self, after: int = 0, instance: str = "", timeout_s: float = 25.0) -> News:
        """Wait for news after the number `after`.

        Parameters
        ----------
        after : int
            Number of the last event that the caller has seen.
        instance : str
            Id of the service's life that the number is of; another one answers with `reset`.
        timeout_s : float
            Longest time to wait, in seconds.
        """
        news = self._backend.news(after, instance)
        if not news.reset and not news.events:
            raise NotYet(news)
        return news

    @verb(right="edit")
    def undo(self) -> Change:
        """Take back the newest change of this window, script or person that can be taken back."""
        return self.store.changes.undo(self.store.caller.client)

    @verb(right="edit")
    def redo(self) -> Change:
        """Do again what was taken back last."""
        return self.store.changes.undo(self.store.caller.client, redo=True)
