"""The tablet's inspections in lists: drafts to go on with, those that need recovery, what one row says.

Only drafts are opened for a list: what was sealed stays closed, however much there is of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.inspection import Inspection
from inspector.domain.rules import progress
from inspector.store.drafts import Drafts
from inspector.store.journal import Recovery
from inspector.store.memory import DeviceMemory
from inspector.tablet.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """One inspection in a list, without its answers.

    Attributes:
        done, total: items answered and asked.
        amends: id of the returned record that it answers; empty for a first one.
    """

    id: str
    enterprise: str
    titles: tuple[str, ...]
    started_ms: int
    touched_ms: int
    done: int
    total: int
    failed: int
    amends: str
    is_sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedDraft:
    """An inspection whose journal needs recovery before it opens."""

    id: str
    words: str


class Lists:
    """What lists show."""

    def __init__(self, *, drafts: Drafts, memory: DeviceMemory, shelf: Shelf) -> None:
        self._drafts, self._memory, self._shelf = drafts, memory, shelf

    def unfinished(self) -> tuple[tuple[DraftRow, ...], tuple[DamagedDraft, ...]]:
        """The inspections that are not sealed, last touched first, and those that need recovery."""
        rows: list[DraftRow] = []
        damaged: list[DamagedDraft] = []
        for id in self._drafts.ids():
            if self._memory.sealed_as(id) is None:
                self._list(id, rows, damaged)
        rows.sort(key=lambda row: -row.touched_ms)
        return tuple(rows), tuple(damaged)

    def row(self, id: str) -> DraftRow | None:
        """One inspection, sealed or not; None when it is not here or needs recovery."""
        rows: list[DraftRow] = []
        if id in self._drafts.ids():
            self._list(id, rows, [])
        return rows[0] if rows else None

    def restore(self, id: str) -> Recovery:
        """Make a damaged inspection usable again, on a person's word; see `Drafts.restore`."""
        return self._drafts.restore(id)

    def count(self) -> tuple[int, int]:
        """How many inspections are here, and how many of them are sealed."""
        ids = self._drafts.ids()
        return len(ids), sum(self._memory.sealed_as(id) is not None for id in ids)

    def _list(self, id: str, rows: list[DraftRow], damaged: list[DamagedDraft]) -> None:
        outcome = self._drafts.try_load(id)
        if isinstance(outcome, Inspection):
            rows.append(self._row(outcome))
        else:
            damaged.append(DamagedDraft(id=id, words=outcome.message))

    def _row(self, inspection: Inspection) -> DraftRow:
        checklists = self._shelf.checklists_of(inspection)
        whole = progress(checklists, inspection.answers).whole
        touched = [answer.at_ms for answer in inspection.answers.values()]
        return DraftRow(
            id=inspection.id,
            enterprise=inspection.enterprise.name,
            titles=tuple(ref.title for ref in inspection.checklists),
            started_ms=inspection.started_ms,
            touched_ms=max([inspection.started_ms, *touched]),
            done=whole.done,
            total=whole.total,
            failed=whole.failed,
            amends=inspection.amends.record if inspection.amends else "",
            is_sealed=inspection.is_sealed or self._memory.sealed_as(inspection.id) is not None,
        )
