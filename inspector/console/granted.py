"""Grants on their way: what was certified for a tablet, from before the log has it until the desk has it.

If the program ends in between, the certificates stand in the log and nothing else knows the tablet; the next
pass finishes what was begun.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from inspector.console.database import DeskDatabase
from inspector.trust.certificates import Details
from inspector.trust.radix import base64_bytes, base64_text
from inspector.work.enrol import Grant

_PREFIX = "granted "


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A grant as it is kept.

    Attributes:
        device: the tablet's id.
        certified: certificates with their details, the tablet's first.
        invitation, response: where the tablet finds them, and in which bytes.
        login: who confirmed it.
    """

    device: str
    certified: tuple[tuple[bytes, Details], ...]
    invitation: str
    response: bytes
    login: str


class Grants:
    """The grants of one desk that are on their way."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def keep(self, grant: Grant, *, login: str) -> None:
        """Note a grant before anybody is told of it."""
        value = {
            "certified": [
                [envelope.decode("utf-8"), details.to_payload()] for envelope, details in grant.certified
            ],
            "invitation": grant.applied.invited.invitation.id,
            "response": base64_text(grant.response),
            "login": login,
        }
        self._database.put_fact(_PREFIX + grant.applied.request.device.id, value)

    def of(self, device: str) -> Granted | None:
        """The grant of a tablet; None when there is none on its way."""
        value = self._database.fact(_PREFIX + device)
        return _granted(device, value) if value else None

    def logged(self) -> Iterator[Granted]:
        """Those whose tablet's certificate stands in the mirrored log."""
        for row in self._database.rows(
            "SELECT name, value FROM facts WHERE name LIKE ? ORDER BY name", f"{_PREFIX}%"
        ):
            granted = _granted(row["name"].removeprefix(_PREFIX), json.loads(row["value"]))
            name = sha256(granted.certified[0][0]).hexdigest()
            if self._database.row("SELECT 1 FROM leaves WHERE sha256 = ?", name):
                yield granted

    def done(self, device: str) -> None:
        """The desk knows the tablet."""
        self._database.do("DELETE FROM facts WHERE name = ?", _PREFIX + device)


def _granted(device: str, value: Mapping[str, Any]) -> Granted:
    return Granted(
        device=device,
        certified=tuple(
            (envelope.encode("utf-8"), Details.from_payload(details))
            for envelope, details in value["certified"]
        ),
        invitation=value["invitation"],
        response=base64_bytes(value["response"]),
        login=value["login"],
    )
