"""Enrolling a tablet: a code from screen to camera, three sealed messages, eight digits for the eye.

On the tablet:  `begin` → `apply` → `hand_in` → (compare digits) → `finish`.
On the console: `invite` → `look` → (compare digits) → `certify` → `confirm`, or `withdraw`.

* The server carries the messages and can only hold them back: `trust.enrolment` says why.
* Every certificate is a leaf of the log before the tablet gets it.
* What is handed in twice is the same bytes: a lost answer costs nothing but another try.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from inspector.domain.delivery import EntryStatus
from inspector.errors import DeskClockError, EnrolmentRefusedError, EnrolmentSpentError, OfficeAnswerError
from inspector.trust.certificates import Certificate, Details, HolderKind, issue_certificate
from inspector.trust.enrolment import (
    Applicant,
    Certified,
    EnrolmentRequest,
    Invitation,
    digits,
    open_offer,
    open_request,
    open_response,
    seal_offer,
    seal_request,
    seal_response,
)
from inspector.trust.keys import SigningKey
from inspector.trust.statement import OfficeStatement
from inspector.work.ports import EntryResult

LIFETIME_MS = 15 * 60 * 1000
"""How long an invitation can be used."""


class TabletBox(Protocol):
    """The server's letter box as a tablet sees it."""

    def offer(self, invitation: str) -> bytes:
        """The console's offer."""
        ...

    def put_request(self, invitation: str, request: bytes) -> None:
        """Leave the request; the same bytes once more change nothing."""
        ...

    def response(self, invitation: str) -> bytes:
        """The console's response.

        Raises:
            EnrolmentPendingError: not there yet.
        """
        ...


class DeskBox(Protocol):
    """The server's letter box, and its log, as the console sees them."""

    def publish(self, invitation: str, offer: bytes, *, expires_ms: int) -> None:
        """Lay out an invitation."""
        ...

    def request(self, invitation: str) -> bytes:
        """The tablet's request.

        Raises:
            EnrolmentPendingError: not there yet.
        """
        ...

    def send_entries(self, envelopes: Sequence[bytes]) -> tuple[EntryResult, ...]:
        """Append certificates to the log."""
        ...

    def put_response(self, invitation: str, response: bytes) -> None:
        """Leave the response; the same bytes once more change nothing."""
        ...

    def withdraw(self, invitation: str) -> None:
        """Take the invitation back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the tablet has learnt of the office, before it asks for anything.

    Attributes:
        sealed: the offer's exact bytes.
        envelope: the office statement's; the root that it names is the one to keep.
    """

    invitation: Invitation
    sealed: bytes
    envelope: bytes
    statement: OfficeStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A request that is ready to be handed in, as often as the line needs."""

    offer: Offer
    asked: EnrolmentRequest
    sealed: bytes

    @property
    def digits(self) -> str:
        """Eight digits that the console must show too."""
        return digits(self.offer.invitation, self.offer.sealed, self.sealed)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentResult:
    """What an enrolled tablet keeps.

    Attributes:
        statement: the office statement's envelope.
        root_fingerprint: what every later statement is held to.
        device: the device's certificate with its details.
        inspectors: those granted, with their details.
        url: the server's address, as the code gave it.
    """

    statement: bytes
    root_fingerprint: str
    device: Certified
    inspectors: tuple[Certified, ...]
    url: str


def invitation_from(text: str, *, url: str = "") -> Invitation:
    """The invitation in what was scanned, pasted or typed.

    Args:
        text: `inspector://enrol?…`, or the code alone.
        url: the server's address, for a code alone.

    Raises:
        InvitationCodeError: neither, or a slip of the finger.
    """
    stripped = text.strip()
    return Invitation.from_text(stripped) if ":" in stripped else Invitation.from_code(stripped, url=url)


def begin(invitation: Invitation, *, connect: Callable[[str], TabletBox]) -> tuple[Offer, TabletBox]:
    """Fetch and open the office's offer.

    Args:
        connect: the letter box at an address.

    Raises:
        AddressRefusedError: the code's address is not one to send anything to.
        EnrolmentUnknownError, EnrolmentSpentError: no such invitation, used or late.
        EnrolmentForgedError, EnrolmentMisdirectedError: somebody on the way put another offer there.
        AvailabilityError: the line broke.
    """
    box = connect(invitation.url)
    sealed = box.offer(invitation.id)
    envelope, statement = open_offer(invitation, sealed)
    return Offer(invitation=invitation, sealed=sealed, envelope=envelope, statement=statement), box


def apply(offer: Offer, request: EnrolmentRequest, signers: Sequence[SigningKey]) -> Application:
    """The application of a tablet and its inspectors, signed by each of their keys.

    Raises:
        ValueError: an applicant's key is missing among `signers`; the caller is wrong.
    """
    sealed = seal_request(offer.invitation, offer.sealed, request, signers)
    return Application(offer=offer, asked=request, sealed=sealed)


def hand_in(application: Application, box: TabletBox) -> None:
    """Leave the application for the console.

    Raises:
        EnrolmentUnknownError, EnrolmentSpentError: withdrawn, used by another tablet, or late.
        AvailabilityError: the line broke; hand the same one in again.
    """
    box.put_request(application.offer.invitation.id, application.sealed)


def finish(application: Application, box: TabletBox) -> EnrolmentResult:
    """Fetch the certificates.

    Raises:
        EnrolmentPendingError: nobody at the console has confirmed yet.
        EnrolmentForgedError, EnrolmentMisdirectedError, TrustError: not what the office granted to this
            request.
        AvailabilityError: the line broke.
    """
    offer = application.offer
    certified = open_response(
        offer.invitation,
        application.sealed,
        box.response(offer.invitation.id),
        asked=application.asked,
        statement=offer.statement,
    )
    return EnrolmentResult(
        statement=offer.envelope,
        root_fingerprint=offer.statement.fingerprint,
        device=certified[0],
        inspectors=certified[1:],
        url=offer.invitation.url,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invitation that the console has laid out; its `invitation.text` goes into the QR code."""

    invitation: Invitation
    offer: bytes
    expires_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """Who asks, for a person at the console to judge.

    Attributes:
        digits: eight digits that the tablet must show too.
    """

    invited: Invited
    sealed: bytes
    request: EnrolmentRequest
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Certificates that are signed and ready to be handed out, the device's first."""

    applied: Applied
    certified: tuple[tuple[bytes, Details], ...]
    response: bytes


def invite(url: str, *, statement: bytes, box: DeskBox, now_ms: int) -> Invited:
    """Lay out an invitation for one tablet.

    Args:
        url: the server's address as tablets reach it.
        statement: the office statement's envelope.

    Raises:
        DeskClockError: it would be late already; `now_ms` is behind the server's clock.
        AvailabilityError: the line broke; the invitation is worthless, make another.
    """
    invitation = Invitation.new(url)
    invited = Invited(
        invitation=invitation, offer=seal_offer(invitation, statement), expires_ms=now_ms + LIFETIME_MS
    )
    try:
        box.publish(invitation.id, invited.offer, expires_ms=invited.expires_ms)
    except EnrolmentSpentError as error:
        raise DeskClockError() from error
    return invited


def look(invited: Invited, *, box: DeskBox) -> Applied:
    """Who has answered the invitation.

    Raises:
        EnrolmentPendingError: nobody yet.
        EnrolmentForgedError, EnrolmentMisdirectedError: somebody on the way put another request there.
    """
    sealed = box.request(invited.invitation.id)
    return Applied(
        invited=invited,
        sealed=sealed,
        request=open_request(invited.invitation, invited.offer, sealed),
        digits=digits(invited.invitation, invited.offer, sealed),
    )


def certify(
    applied: Applied,
    *,
    inspectors: Collection[str],
    statement: OfficeStatement,
    issuing: SigningKey,
    now_ms: int,
) -> Grant:
    """Certificates for the tablet and for those of its inspectors whom the person at the console accepts.

    Args:
        inspectors: ids of the accepted ones.

    Raises:
        ValueError: an id that did not apply, or another office's issuing key; the caller is wrong.
    """
    asked = {inspector.id for inspector in applied.request.inspectors}
    if not set(inspectors) <= asked or issuing.public != statement.issuing:
        raise ValueError("only applicants, by this office's issuing key")
    accepted = [each for each in applied.request.inspectors if each.id in inspectors]
    certified = tuple(
        (issue_certificate(_certificate(each, statement.tenant, now_ms), issuing), each.details)
        for each in (applied.request.device, *accepted)
    )
    response = seal_response(applied.invited.invitation, applied.sealed, certified)
    return Grant(applied=applied, certified=certified, response=response)


def confirm(grant: Grant, *, box: DeskBox) -> None:
    """Append the certificates to the log, then leave them for the tablet.

    Raises:
        EnrolmentRefusedError: the server did not take a certificate; nothing was handed out.
        AvailabilityError: the line broke; confirm the same grant again.
    """
    results = {result.sha256: result for result in box.send_entries([each for each, _ in grant.certified])}
    if len(results) != len(grant.certified):
        raise OfficeAnswerError(reason="没有给出每份证书的结果")
    for result in results.values():
        if result.status not in (EntryStatus.ACCEPTED, EntryStatus.DUPLICATE):
            raise EnrolmentRefusedError(
                reason=result.problem.message.rstrip("。") if result.problem else "未说明"
            )
    box.put_response(grant.applied.invited.invitation.id, grant.response)


def withdraw(invited: Invited, *, box: DeskBox) -> None:
    """Take an invitation back: its code is worthless from now on."""
    box.withdraw(invited.invitation.id)


def _certificate(applicant: Applicant, tenant: str, now_ms: int) -> Certificate:
    return Certificate(
        tenant=tenant,
        kind=HolderKind.INSPECTOR if applicant.recipient is None else HolderKind.DEVICE,
        id=applicant.id,
        key=applicant.key,
        recipient=applicant.recipient,
        details_sha256=applicant.details.sha256,
        issued_ms=now_ms,
    )
