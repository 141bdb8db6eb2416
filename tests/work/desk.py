"""The console's side of the simulated office: a mirror in memory and the log as the server shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inspector.domain.delivery import LogHead
from inspector.errors import LogConflictError
from inspector.trust.ledger import LogVerifier, Tree, leaf_hash
from inspector.work.mirror import MirrorReport, mirror
from inspector.work.ports import Alarm
from tests.simulator import LOG_NAME, NOW_MS, SimulatedOffice


@dataclass(frozen=True)
class Page:
    entries: tuple[tuple[int, bytes], ...]


class SimulatedDesk:
    """`work.mirror.Desk` over a simulated office."""

    def __init__(self, office: SimulatedOffice, page: int = 3) -> None:
        self.office = office
        self.page = page

    def checkpoint(self) -> bytes:
        return self.office.checkpoint()

    def show_checkpoint(self, note: bytes) -> None:
        self.office.show_checkpoint(note)

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        return self.office.consistency(first, second)

    def log_entries(self, start: int, limit: int = 3) -> Page:
        leaves = self.office.leaves[start : start + min(limit, self.page)]
        return Page(tuple(enumerate(leaves, start=start)))

    def refill(self, start: int, leaves: Sequence[bytes], *, is_last: bool) -> None:
        if start != len(self.office.leaves):
            raise LogConflictError(size=len(self.office.leaves))
        self.office.leaves += leaves

    def is_waiting(self) -> bool:
        return False


class MemoryMirror:
    """`work.mirror.Mirror` in memory."""

    def __init__(self) -> None:
        self.held: list[bytes] = []
        self.pinned = b""
        self.reset: LogHead | None = None
        self.least: int | None = None
        self.gone_on: set[str] = set()
        self.alarms: dict[tuple[str, str | None], Alarm] = {}

    def tree(self) -> Tree:
        return Tree(leaf_hash(leaf) for leaf in self.held)

    def note(self) -> bytes:
        return self.pinned

    def leaves(self, start: int, limit: int) -> Sequence[bytes]:
        return self.held[start : start + limit]

    def append(self, start: int, leaves: Sequence[bytes]) -> None:
        assert start == len(self.held)
        self.held += leaves

    def pin(self, note: bytes) -> None:
        self.pinned = note

    def keep_reset(self, head: LogHead) -> None:
        self.reset, self.gone_on = head, set()
        self.least = head.size if self.least is None else min(self.least, head.size)

    def lost_from(self) -> int | None:
        return self.least

    def goes_on(self, device: str) -> None:
        self.gone_on.add(device)

    def has_gone_on(self, device: str) -> bool:
        return device in self.gone_on

    def raise_alarm(self, alarm: Alarm) -> None:
        self.alarms[alarm.code, alarm.entry] = alarm

    def codes(self) -> set[str]:
        return {code for code, _ in self.alarms}


def look(
    office: SimulatedOffice,
    copy: MemoryMirror,
    desk: Callable[[SimulatedOffice], SimulatedDesk] = SimulatedDesk,
) -> MirrorReport:
    """One look of the console at the office's log."""
    log = LogVerifier(name=LOG_NAME, key=office.cast.statement.log.key)
    return mirror(desk=desk(office), copy=copy, log=log, now_ms=NOW_MS)
