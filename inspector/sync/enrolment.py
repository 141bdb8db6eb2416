"""The letter box of an enrolment: the server carries three messages and can open none."""

from __future__ import annotations

from base64 import b64encode

from inspector.domain.message_fields import MessageFields
from inspector.errors import EnrolmentPendingError
from inspector.sync import protocol
from inspector.sync.transport import Transport, understood
from inspector.trust.strict_json import canonical


class LetterBox:
    """One invitation's messages.

    Args:
        transport: unsigned for a tablet, signed by the feed key for the console.
        invitation: the invitation's id.
    """

    def __init__(self, transport: Transport, invitation: str) -> None:
        self._transport = transport
        self._invitation = invitation

    def put(self, part: str, message: bytes, *, signed: bool) -> None:
        """Leave the `request` or the `response`.

        Raises:
            EnrolmentUnknownError, EnrolmentSpentError: no such invitation, used or late.
        """
        payload = {part: b64encode(message).decode("ascii")}
        path = protocol.enrolment_path(self._invitation, part)
        self._transport.call(
            "PUT",
            path,
            body=canonical(payload),
            headers={"Content-Type": protocol.JSON_TYPE},
            signed=signed,
        )

    def take(self, part: str, *, signed: bool) -> bytes:
        """The `offer`, `request` or `response`.

        Raises:
            EnrolmentPendingError: it is not there yet.
            EnrolmentUnknownError, EnrolmentSpentError: no such invitation, used or late.
        """
        path = protocol.enrolment_path(self._invitation, part)
        value = self._transport.json("GET", path, signed=signed)
        message = understood(lambda answer: _message(answer, part), value)
        if message is None:
            raise EnrolmentPendingError
        return message


def _message(answer: object, part: str) -> bytes | None:
    fields = MessageFields.loosely(answer, "登记消息", part)
    return fields.octets(part) if fields.has(part) else None
