"""The ring of news: the last thousand events of this life of the service, and who waits for the next one."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from mlops_desktop.domain.changes import Event, News

KEPT = 1000
"""Events that are kept; a client that is further behind is told to load anew."""


class Ring:
    """Numbered events; safe to use from every thread and from the event loop."""

    def __init__(self) -> None:
        self.instance = uuid.uuid4().hex
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._last = 0
        self._moved = threading.Condition()
        self._wakers: set[Callable[[], None]] = set()

    @property
    def last(self) -> int:
        """Number of the newest event."""
        return self._last

    def publish(self, topics: list[str], **facts: Any) -> None:
        """Add an event and wake everybody who waits."""
        with self._moved:
            self._last += 1
            self._events.append(Event(number=self._last, topics=topics, keys=facts.pop("keys", []), **facts))
            self._moved.notify_all()
        self.wake()

    def wake(self) -> None:
        """Let those who wait on the event loop look again."""
        with self._moved:
            wakers = list(self._wakers)
        for wake in wakers:
            wake()

    def after(self, number: int, instance: str) -> News:
        """The events after `number`; `reset` where some are gone or the service is another one."""
        with self._moved:
            oldest = self._events[0].number if self._events else self._last + 1
            reset = instance != self.instance or number < oldest - 1 or number > self._last
            events = [] if reset else [e for e in self._events if e.number > number]
            return News(self.instance, self._last, reset, events)

    def wait(self, number: int, timeout_s: float) -> bool:
        """Block until there is an event after `number`; False when the time is up."""
        with self._moved:
            return self._moved.wait_for(lambda: self._last > number, timeout_s)

    async def wait_async(self, number: int, timeout_s: float) -> bool:
        """The same without a thread."""
        if self._last > number:
            return True
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(woken.set)

        with self._moved:
            self._wakers.add(wake)
        try:
            if self._last <= number:
                async with asyncio.timeout(timeout_s):
                    await woken.wait()
        except TimeoutError:
            return False
        finally:
            with self._moved:
                self._wakers.discard(wake)
        return True


class Waiting(msgspec.Struct, frozen=True):
    """Where a call that waits stands."""

    number: int
    timeout_s: float
