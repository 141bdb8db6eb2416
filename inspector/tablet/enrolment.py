"""Enrolling this tablet, and inspectors who join later: the store's side of `work.enrol`.

What talks to the office runs beside the acts; what touches the store is an act of its own. Only `keep`
changes what the tablet is, and its last write is the one that counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from inspector.domain.identifiers import check_entry, uuid7
from inspector.errors import EnrolmentPendingError, IllegalMoveError, InputMissingError, InvitationCodeError
from inspector.tablet.gate import Gate
from inspector.tablet.workbench import Workbench
from inspector.trust.invitation import Invitation
from inspector.trust.statement import verify_statement
from inspector.work import enrol
from inspector.work.enrol import Application, EnrolmentResult, Offer, TabletBox

CODE_LENGTH = 30
"""Characters of a code, without the strokes between its groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """An application that lies at the office.

    Attributes:
        digits: eight digits that the console must show too.
        office: the office's name, as its statement says.
    """

    application: Application
    box: TabletBox
    office: str

    @property
    def digits(self) -> str:
        """`1234 5678`."""
        plain = self.application.digits
        return f"{plain[:4]} {plain[4:]}"


def doubt_about_code(text: str) -> str:
    """Why what was typed so far is not a code, in Chinese; empty while it may become one, or is one."""
    stripped = text.strip()
    typed = "".join(char for char in stripped if char not in "- ")
    if ":" not in stripped and len(typed) < CODE_LENGTH and all(char.isalnum() for char in typed):
        return ""
    try:
        enrol.invitation_from(stripped)
    except InvitationCodeError as error:
        return f"{error.message}{error.next_step}"
    return ""


def invitation_from(text: str, url: str) -> Invitation:
    """The invitation in what was typed, pasted or scanned.

    Raises:
        InvitationCodeError: it is none, or the server's address is missing.
    """
    invitation = enrol.invitation_from(text, url=url.strip())
    if not invitation.url:
        raise InvitationCodeError(reason="缺少服务器地址，请填写审核台上登记码旁边的地址")
    return invitation


def meet(invitation: Invitation, knock: Callable[[str], TabletBox]) -> tuple[Offer, TabletBox]:
    """Fetch the office's offer; asks the network only.

    Raises:
        EnrolmentUnknownError, EnrolmentSpentError, EnrolmentForgedError, AddressRefusedError,
            AvailabilityError: as `work.enrol.begin`.
    """
    return enrol.begin(invitation, connect=knock)


def apply(workbench: Workbench, offer: Offer, box: TabletBox, *, label: str, at_ms: int) -> Asking:
    """Make the tablet's keys, if it has none, and ask for certificates for it and everybody unlocked.

    Args:
        label: what the tablet is called at the office.

    Raises:
        IllegalMoveError: the tablet belongs to another office already, or has no name.
        TextTooLongError, TextControlError: the name cannot be kept as it is.
    """
    known = workbench.crew.statement()
    if known is not None and known.fingerprint != offer.statement.fingerprint:
        raise IllegalMoveError(reason="本机已在另一个办公室登记，不能改到别处")
    if not label.strip():
        raise InputMissingError(what="请给本机起一个名称")
    check_entry(label, field="本机名称")
    id = uuid7(at_ms=at_ms, random=secrets.token_bytes(10))
    device = workbench.crew.create_device(id=id, label=label)
    request, signers = workbench.crew.request(device)
    return Asking(application=enrol.apply(offer, request, signers), box=box, office=offer.statement.office)


def hand_in(asking: Asking) -> None:
    """Leave the application at the office, as often as the line needs.

    Raises:
        EnrolmentUnknownError, EnrolmentSpentError, AvailabilityError: as `work.enrol.hand_in`.
    """
    enrol.hand_in(asking.application, asking.box)


def collect(asking: Asking) -> EnrolmentResult | None:
    """What the office granted, or None while nobody at the console has confirmed.

    Raises:
        EnrolmentForgedError, EnrolmentMisdirectedError, EnrolmentSpentError, AvailabilityError: as
            `work.enrol.finish`.
    """
    try:
        return enrol.finish(asking.application, asking.box)
    except EnrolmentPendingError:
        return None


def keep(gate: Gate, workbench: Workbench, result: EnrolmentResult) -> None:
    """Keep the certificates and the office; from the last write on the tablet is enrolled.

    An offer can be older than what the office has told since: the newer statement stays.
    """
    known = workbench.crew.statement()
    offered = verify_statement(result.statement, result.root_fingerprint)
    is_older = known is not None and known.version > offered.version
    newest = workbench.memory.statement() if is_older else result.statement
    workbench.office.settle(result.url, result.root_fingerprint)
    workbench.crew.certified(newest, (result.device, *result.inspectors))
    gate.keep_escrow()
