"""The log's Merkle tree (RFC 9162 §2.1), kept as the hashes of its complete subtrees.

* Appending a leaf stores two hashes on average and reads none but the right edge; a proof reads O(log n)
  hashes.
* A stored hash never changes: the tree of every earlier size can be proven from the same rows.
* No state in memory, so any number of processes may serve one log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection, insert, select, tuple_

from inspector.server.schema import nodes
from inspector.trust.merkle import EMPTY_ROOT, leaf_hash, node_hash

_ROWS_PER_QUERY = 400

Place: TypeAlias = tuple[int, int]
"""Level and position of a complete subtree."""


@dataclass(frozen=True, slots=True)
class Span:
    """The leaves from `start` up to `end`, which are a subtree of the tree's recursion."""

    start: int
    end: int

    @property
    def places(self) -> tuple[Place, ...]:
        """The complete subtrees that make it up, from left to right."""
        found = []
        at = self.start
        while at < self.end:
            level = (self.end - at).bit_length() - 1
            found.append((level, at >> level))
            at += 1 << level
        return tuple(found)

    def halves(self) -> tuple[Span, Span]:
        """Its two children: the left one holds the largest power of two below its size."""
        middle = self.start + (1 << (self.end - self.start - 1).bit_length() - 1)
        return Span(self.start, middle), Span(middle, self.end)


def append(connection: Connection, tenant: str, size: int, leaves: Sequence[bytes]) -> None:
    """Add `leaves` behind the first `size`; the caller holds the tenant's writing transaction."""
    edge = [(place, digest) for place, digest in _load(connection, tenant, Span(0, size).places).items()]
    rows: list[dict[str, object]] = []
    for position, leaf in enumerate(leaves, start=size):
        level, digest = 0, leaf_hash(leaf)
        rows.append(_row(tenant, (level, position), digest))
        while edge and edge[-1][0][0] == level:
            digest = node_hash(edge.pop()[1], digest)
            level += 1
            rows.append(_row(tenant, (level, position >> level), digest))
        edge.append(((level, position >> level), digest))
    if rows:
        connection.execute(insert(nodes), rows)


def root(connection: Connection, tenant: str, size: int) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return hashes(connection, tenant, [Span(0, size)])[0] if size else EMPTY_ROOT


def hashes(connection: Connection, tenant: str, spans: Sequence[Span]) -> list[bytes]:
    """The hash of each of `spans`, all of which the tree holds."""
    stored = _load(connection, tenant, {place for span in spans for place in span.places})
    return [_fold([stored[place] for place in span.places]) for span in spans]


def inclusion_spans(position: int, size: int) -> tuple[Span, ...]:
    """What the proof that leaf `position` is in the tree of `size` leaves lists, from the leaf upwards."""
    path = []
    span = Span(0, size)
    while span.end - span.start > 1:
        left, right = span.halves()
        span, sibling = (left, right) if position < left.end else (right, left)
        path.append(sibling)
    return tuple(reversed(path))


def consistency_spans(first: int, second: int) -> tuple[Span, ...]:
    """What the proof that the tree of `first` leaves begins the one of `second` lists; 0 < first ≤ second."""
    path = []
    span = Span(0, second)
    while first != span.end:
        left, right = span.halves()
        span, sibling = (left, right) if first <= left.end else (right, left)
        path.append(sibling)
    # The old root itself is known to the verifier when it is one whole subtree from the left.
    known = () if span.start == 0 else (span,)
    return (*known, *reversed(path))


def _fold(digests: Sequence[bytes]) -> bytes:
    folded = digests[-1]
    for digest in reversed(digests[:-1]):
        folded = node_hash(digest, folded)
    return folded


def _load(connection: Connection, tenant: str, places: Iterable[Place]) -> Mapping[Place, bytes]:
    wanted = list(dict.fromkeys(places))
    found: dict[Place, bytes] = {}
    for start in range(0, len(wanted), _ROWS_PER_QUERY):
        some = wanted[start : start + _ROWS_PER_QUERY]
        query = select(nodes.c.level, nodes.c.position, nodes.c.digest).where(
            nodes.c.tenant == tenant, tuple_(nodes.c.level, nodes.c.position).in_(some)
        )
        found |= {(level, position): bytes(digest) for level, position, digest in connection.execute(query)}
    return {place: found[place] for place in wanted}


def _row(tenant: str, place: Place, digest: bytes) -> dict[str, object]:
    return {"tenant": tenant, "level": place[0], "position": place[1], "digest": digest}
