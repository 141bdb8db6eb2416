"""Collecting what is wrong with a file, so that its author hears everything at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from inspector.errors import ChecklistFaultsError, Fault

MAX_FAULTS = 200
"""Faults kept per file: enough to work through, not enough for a hostile file to fill the memory."""


class Faults:
    """The faults of one file, in the order found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[Fault] = []

    def add(self, place: str, what: str, rule: str, suggestion: str = "") -> None:
        """Record one fault."""
        if len(self._found) < MAX_FAULTS:
            self._found.append(
                Fault(file=self.file, place=place, what=what, rule=rule, suggestion=suggestion)
            )

    def take(self, other: Faults) -> None:
        """Record the faults of a part of the file as well."""
        self._found += other.as_tuple()[: MAX_FAULTS - len(self._found)]

    def __bool__(self) -> bool:
        return bool(self._found)

    def as_tuple(self) -> tuple[Fault, ...]:
        """All faults so far."""
        return tuple(self._found)

    def refuse(self) -> None:
        """Refuse the file if there was any fault.

        Raises:
            ChecklistFaultsError: carrying all of them.
        """
        if self._found:
            raise refusal(self.file, self.as_tuple())


def refusal(file: str, faults: tuple[Fault, ...]) -> ChecklistFaultsError:
    """The error for a file with at least one fault."""
    first = faults[0]
    return ChecklistFaultsError(
        file=file, count=len(faults), first=f"{first.place}：{first.what}。", faults=faults
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """A suggestion naming the known word that `word` was probably meant to be; empty when none is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"是否想写“{close[0]}”" if close else ""
