"""The office's log: what was received, in order, under checkpoints that the log's own key signs.

* Leaves are appended inside the caller's writing transaction, so that the log never runs ahead of the archive
  nor behind it.
* A checkpoint is the signature over the size and root of one moment; receipts carry it with a proof.
* When a larger checkpoint of ours is shown to us, the archive was put back from an older copy: nothing is
  appended until the console has refilled it (`behind`), or the log would fork. Whoever puts a copy back says
  so (`hold`): a tablet that was away since before the copy was made has nothing larger to show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from inspector.errors import LogBehindError, LogConflictError, RequestUnknownError
from inspector.server import tree
from inspector.server.schema import leaves, offices
from inspector.trust import dsse
from inspector.trust.keys import SigningKey
from inspector.trust.ledger import Checkpoint, LogVerifier, Receipt, sign_checkpoint, verify_checkpoint

BEHIND_RETRY_S = 60

_HELD = 1 << 62
"""More leaves than any log will have."""
_ROWS_PER_QUERY = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One entry of the log: where it stands and its exact bytes."""

    position: int
    content: bytes


class Log:
    """One tenant's log.

    Args:
        tenant: whose.
        key: the log's signing key.
        name: the log's name, which is its checkpoints' origin.
    """

    def __init__(self, tenant: str, key: SigningKey, name: str) -> None:
        self._tenant = tenant
        self._key = key
        self.verifier = LogVerifier(name=name, key=key.public)

    def sign(self, payload: bytes, payload_type: str) -> bytes:
        """An envelope by the log's key, for what this server vouches for beside its checkpoints."""
        return dsse.sign(payload, payload_type, [self._key])

    def size(self, connection: Connection) -> int:
        """How many leaves there are."""
        query = select(offices.c.log_size).where(offices.c.tenant == self._tenant)
        return int(connection.execute(query).scalar_one())

    def append(self, connection: Connection, contents: Sequence[bytes]) -> range:
        """Add `contents` at the end, in the caller's writing transaction; gives their positions."""
        size = self.size(connection)
        if not contents:
            return range(size, size)
        rows = [
            {
                "tenant": self._tenant,
                "position": position,
                "sha256": sha256(content).hexdigest(),
                "content": content,
            }
            for position, content in enumerate(contents, start=size)
        ]
        connection.execute(insert(leaves), rows)
        tree.append(connection, self._tenant, size, contents)
        grown = size + len(contents)
        self._change(connection, log_size=grown)
        return range(size, grown)

    def checkpoint(self, connection: Connection) -> bytes:
        """The signed note over the log as it is now."""
        size = self.size(connection)
        return self._signed(size, tree.root(connection, self._tenant, size))

    def receipts(self, connection: Connection, positions: Sequence[int]) -> tuple[Receipt, ...]:
        """For each of `positions` the proof under one checkpoint over the whole log."""
        size = self.size(connection)
        note = self._signed(size, tree.root(connection, self._tenant, size))
        paths = [tree.inclusion_spans(position, size) for position in positions]
        wanted = list(dict.fromkeys(span for path in paths for span in path))
        found = dict(zip(wanted, tree.hashes(connection, self._tenant, wanted), strict=True))
        return tuple(
            Receipt(index=position, proof=tuple(found[span] for span in path), checkpoint=note)
            for position, path in zip(positions, paths, strict=True)
        )

    def consistency(self, connection: Connection, first: int, second: int) -> tuple[bytes, ...]:
        """The proof that the log of `first` leaves is the beginning of that of `second`.

        Raises:
            RequestUnknownError: there is no log of these sizes.
        """
        if not 0 <= first <= second <= self.size(connection):
            raise RequestUnknownError(what="日志大小")
        spans = tree.consistency_spans(first, second) if 0 < first < second else ()
        return tuple(tree.hashes(connection, self._tenant, spans))

    def read(self, connection: Connection, start: int, limit: int) -> tuple[Leaf, ...]:
        """Up to `limit` leaves from `start` on; none beyond the end."""
        query = (
            select(leaves.c.position, leaves.c.content)
            .where(leaves.c.tenant == self._tenant, leaves.c.position.between(start, start + limit - 1))
            .order_by(leaves.c.position)
        )
        return tuple(
            Leaf(position=position, content=bytes(content)) for position, content in connection.execute(query)
        )

    def positions(self, connection: Connection, hashes: Sequence[str]) -> Mapping[str, int]:
        """Where those of `hashes` that are in the log stand."""
        found: dict[str, int] = {}
        for start in range(0, len(hashes), _ROWS_PER_QUERY):
            some = hashes[start : start + _ROWS_PER_QUERY]
            query = select(leaves.c.sha256, leaves.c.position).where(
                leaves.c.tenant == self._tenant, leaves.c.sha256.in_(some)
            )
            found.update((name, position) for name, position in connection.execute(query))
        return found

    def verified(self, note: bytes) -> Checkpoint:
        """The checkpoint in `note`, which this log once signed.

        Raises:
            CheckpointInvalidError: it did not.
        """
        return verify_checkpoint(note, self.verifier.name, self.verifier.key, origin=self.verifier.name)

    def is_ahead(self, connection: Connection, seen: Checkpoint) -> bool:
        """Whether `seen` is of a larger log than this archive holds, knows of or has given up."""
        row = connection.execute(
            select(offices.c.log_size, offices.c.known_size, offices.c.abandoned_size).where(
                offices.c.tenant == self._tenant
            )
        ).one()
        return seen.size > max(map(int, row))

    def remember(self, connection: Connection, seen: Checkpoint) -> None:
        """Wait to be refilled up to `seen`, a verified checkpoint, if it is ahead."""
        if self.is_ahead(connection, seen):
            self._change(connection, known_size=seen.size, known_root=seen.root.hex())

    def hold(self, connection: Connection) -> None:
        """Wait for the console to say where the log ends: this archive was put back from an older copy.

        Until then no checkpoint counts: a device may show one of a log that is to be given up.
        """
        self._change(connection, known_size=_HELD, known_root="")

    def give_up(self, connection: Connection) -> None:
        """Go on from here: nobody has the rest of the log that was lost."""
        known, size = self._known(connection)[0], self.size(connection)
        known = size if known == _HELD else max(known, size)
        self._change(connection, known_size=0, known_root="", abandoned_size=known)

    def check_whole(self, connection: Connection) -> None:
        """Accept that the log may grow by new entries.

        Raises:
            LogBehindError: it has to be refilled first.
        """
        if self.size(connection) < self._known(connection)[0]:
            raise LogBehindError(retry_after_s=BEHIND_RETRY_S)

    def check_refilled(self, connection: Connection) -> None:
        """Accept the log as refilled so far: where it reaches the known checkpoint, the roots must agree.

        Raises:
            LogConflictError: what was refilled is not what the checkpoint was signed for.
        """
        known_size, known_root = self._known(connection)
        size = self.size(connection)
        if known_root and size >= known_size:
            found = tree.root(connection, self._tenant, known_size).hex()
            if found != known_root:
                raise LogConflictError(size=size)

    def _known(self, connection: Connection) -> tuple[int, str]:
        query = select(offices.c.known_size, offices.c.known_root).where(offices.c.tenant == self._tenant)
        size, root = connection.execute(query).one()
        return int(size), str(root)

    def _change(self, connection: Connection, **values: object) -> None:
        connection.execute(update(offices).where(offices.c.tenant == self._tenant).values(**values))

    def _signed(self, size: int, root: bytes) -> bytes:
        return sign_checkpoint(self.verifier.name, size, root, self._key)
