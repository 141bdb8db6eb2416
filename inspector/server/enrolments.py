"""The letter box of an enrolment: an offer, a request and a response, each put in once.

* The secret that authenticates all three never comes here; this server sees bytes that it cannot have made.
* A box closes after its time or when the console takes it away.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, Row, delete, insert, select, update

from inspector.errors import EnrolmentSpentError, EnrolmentUnknownError
from inspector.server.archive import Archive
from inspector.server.schema import enrolments

MAX_LIFETIME_MS = 15 * 60 * 1000


class Letter(StrEnum):
    """What the box holds, each at most once."""

    OFFER = "offer"
    REQUEST = "request"
    RESPONSE = "response"


class Enrolments:
    """The letter boxes of one archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def open(self, enrolment: str, offer: bytes, expires_ms: int, now_ms: int) -> None:
        """A new box with the office's offer in it.

        Raises:
            EnrolmentSpentError: its id was used before, or it would close already.
        """
        if expires_ms <= now_ms:
            raise EnrolmentSpentError()
        with self._archive.write() as connection:
            if self._row(connection, enrolment) is not None:
                raise EnrolmentSpentError()
            connection.execute(
                insert(enrolments).values(
                    tenant=self._archive.tenant,
                    id=enrolment,
                    offer=offer,
                    expires_ms=min(expires_ms, now_ms + MAX_LIFETIME_MS),
                )
            )

    def read(self, enrolment: str, letter: Letter, now_ms: int) -> bytes | None:
        """A letter, or None while it has not come.

        Raises:
            EnrolmentUnknownError: no such box.
            EnrolmentSpentError: the box is closed, or it is the offer and somebody has answered it.
        """
        with self._archive.read() as connection:
            row = self._open_row(connection, enrolment, now_ms)
        if letter is Letter.OFFER and row.request is not None:
            raise EnrolmentSpentError()
        content = row._mapping[letter.value]
        return None if content is None else bytes(content)

    def put(self, enrolment: str, letter: Letter, content: bytes, now_ms: int) -> None:
        """Put in the request or the response; the same bytes again change nothing.

        Raises:
            EnrolmentUnknownError: no such box.
            EnrolmentSpentError: the box is closed or holds another such letter.
        """
        with self._archive.write() as connection:
            present = self._open_row(connection, enrolment, now_ms)._mapping[letter.value]
            if present is not None and bytes(present) != content:
                raise EnrolmentSpentError()
            connection.execute(
                update(enrolments)
                .where(enrolments.c.tenant == self._archive.tenant, enrolments.c.id == enrolment)
                .values(**{letter.value: content})
            )

    def withdraw(self, enrolment: str) -> None:
        """Take the box away, whatever is in it."""
        with self._archive.write() as connection:
            connection.execute(
                delete(enrolments).where(
                    enrolments.c.tenant == self._archive.tenant, enrolments.c.id == enrolment
                )
            )

    def sweep(self, now_ms: int) -> None:
        """Take away the boxes that closed more than a day ago; until then they answer that they are late."""
        with self._archive.write() as connection:
            connection.execute(
                delete(enrolments).where(
                    enrolments.c.tenant == self._archive.tenant,
                    enrolments.c.expires_ms < now_ms - 96 * MAX_LIFETIME_MS,
                )
            )

    def _open_row(self, connection: Connection, enrolment: str, now_ms: int) -> Row[tuple[object, ...]]:
        row = self._row(connection, enrolment)
        if row is None:
            raise EnrolmentUnknownError()
        if row.expires_ms <= now_ms:
            raise EnrolmentSpentError()
        return row

    def _row(self, connection: Connection, enrolment: str) -> Row[tuple[object, ...]] | None:
        query = select(enrolments).where(
            enrolments.c.tenant == self._archive.tenant, enrolments.c.id == enrolment
        )
        return connection.execute(query).first()
