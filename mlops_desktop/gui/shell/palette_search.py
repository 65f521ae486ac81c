"""Fuzzy search of the command palette. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A thing that matches, with its score and the letters that matched in its title."""

    thing: T
    score: float
    letters: tuple[int, ...]


def match_letters(query: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    """How well `query` matches `text`, and at which letters; None when it does not.

    A piece of the text beats scattered letters, the start of a word beats its middle, the first word the later
    ones, a short text a long one. Case and spaces of the query don't count.

    Examples
    --------
    >>> match_letters("comp", "Compare runs")
    (..., (0, 1, 2, 3))
    """
    wanted, inside = query.casefold().replace(" ", ""), text.casefold()
    if not wanted:
        return 0.0, ()
    if len(inside) != len(text):
        inside = text.lower() if len(text.lower()) == len(text) else text
    whole = query.casefold().strip()
    at = _best_start(whole, inside)
    if at is not None:
        score = 100 + (50 if _starts_word(inside, at) else 0) + (20 if at == 0 else 0) - len(text) / 50
        return score, tuple(range(at, at + len(whole)))
    letters = _scattered(wanted, inside)
    if letters is None:
        return None
    starts = sum(_starts_word(inside, i) for i in letters)
    joined = sum(b == a + 1 for a, b in pairwise(letters))
    if starts + joined < len(letters) - 1:
        return None
    return 10 * starts + 5 * joined - (letters[-1] - letters[0]) / 10 - len(text) / 50, letters


def search(
    query: str, things: Iterable[T], title: Callable[[T], str], words: Callable[[T], Iterable[str]]
) -> list[Match[T]]:
    """The things that match, best first; a match in other words than the title counts half.

    An empty query keeps all things in their order.
    """
    found: list[Match[T]] = []
    for thing in things:
        hit = match_letters(query, title(thing))
        if hit is not None:
            found.append(Match(thing, hit[0], hit[1]))
            continue
        others = [m[0] for m in (match_letters(query, word) for word in words(thing)) if m is not None]
        if others:
            found.append(Match(thing, max(others) / 2, ()))
    return sorted(found, key=lambda match: -match.score) if query.strip() else found


def _best_start(query: str, text: str) -> int | None:
    first = text.find(query)
    if first < 0:
        return None
    at = first
    while at >= 0:
        if _starts_word(text, at):
            return at
        at = text.find(query, at + 1)
    return first


def _starts_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()


def _scattered(query: str, text: str) -> tuple[int, ...] | None:
    """Each letter as early as it can be, starts of words preferred."""
    letters: list[int] = []
    at = 0
    for letter in query:
        plain = text.find(letter, at)
        if plain < 0:
            return None
        start = next(
            (i for i in range(plain, len(text)) if text[i] == letter and _starts_word(text, i)), None
        )
        follows = bool(letters) and plain == letters[-1] + 1
        place = plain if follows or start is None else start
        letters.append(place)
        at = place + 1
    return tuple(letters)
