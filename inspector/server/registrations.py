"""Sealed registrations of notices: opaque bytes by public id, and a salted hash of each reply code's proof.

* Only the console writes here, each time with a higher version.
* The server can neither read a box nor tell one from another by its length; it learns that a notice exists,
  when its registration changes, and whether it may be answered.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from inspector.domain.access import read_locator
from inspector.domain.identifiers import check_public_id
from inspector.errors import (
    AccessMalformedError,
    IdentifierMalformedError,
    NoticeUnregisteredError,
    NoticeVersionError,
    ReplyCodeWrongError,
)
from inspector.server.archive import Archive
from inspector.server.schema import registrations
from inspector.sync.notice_messages import SealedRegistration
from inspector.trust.registration import proof_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A registration as it is kept."""

    public_id: str
    version: int
    box: bytes
    wrapped: bytes
    takes_replies: bool


class Registrations:
    """The registrations of one archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def put(self, sealed: SealedRegistration) -> None:
        """Keep a registration in place of the one before; the same again changes nothing.

        Raises:
            NoticeVersionError: there is one of this version or a later one.
        """
        mine = (registrations.c.tenant == self._archive.tenant) & (
            registrations.c.public_id == sealed.public_id
        )
        with self._archive.write() as connection:
            row = connection.execute(select(registrations.c.version, registrations.c.box).where(mine)).first()
            if row is not None and row.version == sealed.version and bytes(row.box) == sealed.box:
                return
            if row is not None and row.version >= sealed.version:
                raise NoticeVersionError(version=row.version)
            connection.execute(delete(registrations).where(mine))
            connection.execute(
                insert(registrations).values(
                    tenant=self._archive.tenant,
                    public_id=sealed.public_id,
                    version=sealed.version,
                    box=sealed.box,
                    wrapped=sealed.wrapped,
                    salt=sealed.salt,
                    proof_sha256=sealed.proof_sha256,
                    takes_replies=sealed.takes_replies,
                )
            )

    def get(self, name: str) -> Registered:
        """The registration of a notice.

        Raises:
            NoticeUnregisteredError: there is none.
        """
        with self._archive.read() as connection:
            found = self._named(connection, name)
        if len(found) != 1:
            raise NoticeUnregisteredError()
        return found[0][0]

    def held(self, after: str, limit: int) -> tuple[tuple[str, int], ...]:
        """Public ids behind `after`, in order, each with the version that is kept."""
        query = (
            select(registrations.c.public_id, registrations.c.version)
            .where(registrations.c.tenant == self._archive.tenant, registrations.c.public_id > after)
            .order_by(registrations.c.public_id)
            .limit(limit)
        )
        with self._archive.read() as connection:
            return tuple((row.public_id, row.version) for row in connection.execute(query))

    def proven(self, connection: Connection, name: str, proof: bytes) -> Registered:
        """The registration whose reply code gives `proof`.

        Args:
            name: a public id or a locator.

        Raises:
            NoticeUnregisteredError: there is none of that name.
            ReplyCodeWrongError: another code.
        """
        found = self._named(connection, name)
        if not found:
            raise NoticeUnregisteredError()
        for registered, salt, kept in found:
            if hmac.compare_digest(proof_sha256(salt, proof), kept):
                return registered
        raise ReplyCodeWrongError()

    def _named(self, connection: Connection, name: str) -> list[tuple[Registered, bytes, str]]:
        first, last = id_range(name)
        query = select(registrations).where(
            registrations.c.tenant == self._archive.tenant,
            registrations.c.public_id.between(first, last),
        )
        return [
            (
                Registered(
                    public_id=row.public_id,
                    version=row.version,
                    box=bytes(row.box),
                    wrapped=bytes(row.wrapped),
                    takes_replies=row.takes_replies,
                ),
                bytes(row.salt),
                row.proof_sha256,
            )
            for row in connection.execute(query.limit(8))
        ]


def id_range(name: str) -> tuple[str, str]:
    """The first and the last public id that a public id or a locator can mean.

    Raises:
        NoticeUnregisteredError: it is neither.
    """
    try:
        return check_public_id(name), name
    except IdentifierMalformedError:
        pass
    try:
        start = read_locator(name[:40])
    except AccessMalformedError as error:
        raise NoticeUnregisteredError() from error
    return start.ljust(32, "0"), start.ljust(32, "f")
