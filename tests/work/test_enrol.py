"""Enrolment through a server that may be anybody's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.domain.delivery import EntryStatus
from inspector.errors import (
    AddressRefusedError,
    EnrolmentForgedError,
    EnrolmentMisdirectedError,
    EnrolmentPendingError,
    EnrolmentRefusedError,
    EnrolmentSpentError,
    EnrolmentUnknownError,
    InvitationCodeError,
    TrustError,
)
from inspector.sync.address import OfficeAddress
from inspector.sync.device import DeviceEnrolment
from inspector.trust.certificates import Details
from inspector.trust.enrolment import (
    Applicant,
    EnrolmentRequest,
    Invitation,
    seal_offer,
    seal_request,
    seal_response,
)
from inspector.work import enrol
from inspector.work.ports import EntryResult, Problem
from tests.real_office import RealOffice
from tests.simulator import NOW_MS, Cast, key

CAST = Cast.new()
EVIL = Cast.new("evil-office")
URL = "https://office.example.cn"
INSPECTOR = "0192d3a4-0000-7000-8000-0000000000aa"
OTHER = "0192d3a4-0000-7000-8000-0000000000bb"


@dataclass
class Box:
    """The server's letter box in memory; `swap` may change what is read from it."""

    letters: dict[tuple[str, str], bytes] = field(default_factory=dict)
    leaves: list[bytes] = field(default_factory=list)
    swap: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    status: EntryStatus = EntryStatus.ACCEPTED

    def _take(self, invitation: str, part: str) -> bytes:
        if (invitation, "offer") not in self.letters:
            raise EnrolmentUnknownError
        if (invitation, part) not in self.letters:
            raise EnrolmentPendingError
        return self.swap.get(part, lambda letter: letter)(self.letters[invitation, part])

    def _put(self, invitation: str, part: str, letter: bytes) -> None:
        if self.letters.setdefault((invitation, part), letter) != letter:
            raise EnrolmentSpentError

    def publish(self, invitation: str, offer: bytes, *, expires_ms: int) -> None:
        self._put(invitation, "offer", offer)

    def offer(self, invitation: str) -> bytes:
        return self._take(invitation, "offer")

    def put_request(self, invitation: str, request: bytes) -> None:
        self._put(invitation, "request", request)

    def request(self, invitation: str) -> bytes:
        return self._take(invitation, "request")

    def send_entries(self, envelopes: Sequence[bytes]) -> tuple[EntryResult, ...]:
        self.leaves += envelopes
        problem = None if self.status is EntryStatus.ACCEPTED else Problem(code="x", message="不收。")
        return tuple(
            EntryResult(sha256=sha256(each).hexdigest(), status=self.status, problem=problem)
            for each in envelopes
        )

    def put_response(self, invitation: str, response: bytes) -> None:
        self._put(invitation, "response", response)

    def response(self, invitation: str) -> bytes:
        return self._take(invitation, "response")

    def withdraw(self, invitation: str) -> None:
        self.letters = {place: letter for place, letter in self.letters.items() if place[0] != invitation}


def applicants(*inspectors: str) -> tuple[EnrolmentRequest, list]:
    request = EnrolmentRequest(
        device=Applicant(
            id=CAST.certificate.id,
            key=CAST.device.public,
            recipient=CAST.certificate.recipient,
            details=Details.new(name="样例平板"),
        ),
        inspectors=tuple(
            Applicant(id=each, key=key(each).public, details=Details.new(name="样例检查员", number="0001"))
            for each in inspectors
        ),
    )
    return request, [CAST.device, *(key(each) for each in inspectors)]


def applied(box: Box, *inspectors: str) -> tuple[enrol.Invited, enrol.Application]:
    invited = enrol.invite(URL, statement=CAST.envelope, box=box, now_ms=NOW_MS)
    offer, _ = enrol.begin(enrol.invitation_from(invited.invitation.text), connect=lambda url: box)
    application = enrol.apply(offer, *applicants(*inspectors))
    enrol.hand_in(application, box)
    return invited, application


def certify(seen: enrol.Applied, *inspectors: str) -> enrol.Grant:
    return enrol.certify(
        seen, inspectors=inspectors, statement=CAST.statement, issuing=CAST.issuing, now_ms=NOW_MS
    )


def test_a_tablet_and_its_inspectors_get_their_certificates() -> None:
    box = Box()
    invited, application = applied(box, INSPECTOR, OTHER)
    with pytest.raises(EnrolmentPendingError):
        enrol.finish(application, box)
    seen = enrol.look(invited, box=box)
    assert seen.digits == application.digits
    assert len(seen.digits) == 8
    assert [each.details.name for each in seen.request.inspectors] == ["样例检查员"] * 2
    grant = certify(seen, OTHER)
    enrol.confirm(grant, box=box)
    result = enrol.finish(application, box)
    assert result.statement == CAST.envelope
    assert result.root_fingerprint == CAST.root.public.fingerprint
    assert result.device.certificate.key == CAST.device.public
    assert [each.certificate.id for each in result.inspectors] == [OTHER]
    assert result.url == URL
    assert box.leaves == [each for each, _ in grant.certified]


def test_a_lost_answer_costs_only_another_try() -> None:
    box = Box()
    invited, application = applied(box)
    enrol.hand_in(application, box)
    grant = certify(enrol.look(invited, box=box))
    enrol.confirm(grant, box=box)
    enrol.confirm(grant, box=box)
    assert enrol.finish(application, box) == enrol.finish(application, box)


def test_nothing_is_handed_out_that_does_not_stand_in_the_log() -> None:
    box = Box(status=EntryStatus.REJECTED)
    invited, application = applied(box)
    with pytest.raises(EnrolmentRefusedError):
        enrol.confirm(certify(enrol.look(invited, box=box)), box=box)
    with pytest.raises(EnrolmentPendingError):
        enrol.finish(application, box)


def test_a_withdrawn_code_is_worthless() -> None:
    box = Box()
    invited, application = applied(box)
    enrol.withdraw(invited, box=box)
    with pytest.raises(EnrolmentUnknownError):
        enrol.finish(application, box)
    with pytest.raises(EnrolmentUnknownError):
        enrol.begin(invited.invitation, connect=lambda url: box)


def test_a_second_tablet_cannot_take_the_place_of_the_first() -> None:
    box = Box()
    invited, _ = applied(box)
    offer, _ = enrol.begin(invited.invitation, connect=lambda url: box)
    with pytest.raises(EnrolmentSpentError):
        enrol.hand_in(enrol.apply(offer, *applicants(INSPECTOR)), box)


def evil_request(offer: bytes) -> bytes:
    """A request of the server's own, under a secret that it has to guess."""
    return seal_request(Invitation.new(URL), offer, *applicants())


def flipped(place: int) -> Callable[[bytes], bytes]:
    return lambda letter: letter[:place] + bytes([letter[place] ^ 1]) + letter[place + 1 :]


@pytest.mark.parametrize(
    ("part", "swap"),
    [
        ("offer", lambda letter: seal_offer(Invitation.new(URL), EVIL.envelope)),
        ("offer", flipped(40)),
        ("offer", flipped(-1)),
        ("request", evil_request),
        ("request", flipped(40)),
        ("response", lambda letter: seal_response(Invitation.new(URL), b"", [])),
        ("response", flipped(40)),
        ("response", flipped(10)),
    ],
)
def test_a_server_that_swaps_keys_is_found_out(part: str, swap: Callable[[bytes], bytes]) -> None:
    box = Box(swap={part: swap})
    with pytest.raises((EnrolmentForgedError, EnrolmentMisdirectedError)):
        invited, application = applied(box)
        enrol.confirm(certify(enrol.look(invited, box=box)), box=box)
        enrol.finish(application, box)


def test_letters_of_another_enrolment_or_step_are_not_taken() -> None:
    box = Box()
    first, application = applied(box)
    second, _ = applied(box)
    letters = dict(box.letters)
    for part in ("offer", "request"):
        box.letters[first.invitation.id, "response"] = letters[second.invitation.id, part]
        with pytest.raises(EnrolmentMisdirectedError):
            enrol.finish(application, box)
        box.letters[first.invitation.id, "response"] = letters[first.invitation.id, part]
        with pytest.raises(EnrolmentMisdirectedError):
            enrol.finish(application, box)


def test_a_certificate_by_another_offices_key_is_not_taken() -> None:
    box = Box()
    invited, application = applied(box)
    seen = enrol.look(invited, box=box)
    forged = enrol.certify(seen, inspectors=[], statement=EVIL.statement, issuing=EVIL.issuing, now_ms=NOW_MS)
    enrol.confirm(forged, box=box)
    with pytest.raises(TrustError):
        enrol.finish(application, box)


def test_only_applicants_are_certified() -> None:
    box = Box()
    invited, _ = applied(box, INSPECTOR)
    with pytest.raises(ValueError, match="applicants"):
        certify(enrol.look(invited, box=box), OTHER)


def test_a_code_may_be_scanned_pasted_or_typed() -> None:
    invitation = Invitation.new(URL)
    assert enrol.invitation_from(f" {invitation.text}\n") == invitation
    assert enrol.invitation_from(invitation.code.lower(), url=URL) == invitation
    for wrong in ("", "abc", invitation.code[:-1], "https://office.example.cn"):
        with pytest.raises(InvitationCodeError):
            enrol.invitation_from(wrong, url=URL)


def test_a_code_whose_address_is_not_safe_leads_nowhere() -> None:
    invitation = Invitation.new("http://office.example.cn")
    with pytest.raises(AddressRefusedError):
        enrol.begin(invitation, connect=lambda url: pytest.fail(str(OfficeAddress.parse(url))))


def test_enrolment_over_the_real_server(tmp_path: Path) -> None:
    with RealOffice(tmp_path / "data") as office:
        desk, tablet = office.desk(), DeviceEnrolment(office.transport(None))
        url = f"http://127.0.0.1:{office.port}"
        invited = enrol.invite(url, statement=office.cast.envelope, box=desk, now_ms=NOW_MS)
        offer, box = enrol.begin(enrol.invitation_from(invited.invitation.text), connect=lambda url: tablet)
        request = EnrolmentRequest(
            device=Applicant(
                id=OTHER,
                key=key("new tablet").public,
                recipient=office.cast.certificate.recipient,
                details=Details.new(name="样例平板"),
            )
        )
        application = enrol.apply(offer, request, [key("new tablet")])
        with pytest.raises(EnrolmentPendingError):
            enrol.look(invited, box=desk)
        enrol.hand_in(application, box)
        enrol.hand_in(application, box)
        with pytest.raises(EnrolmentPendingError):
            enrol.finish(application, box)
        seen = enrol.look(invited, box=desk)
        assert seen.digits == application.digits
        cast = office.cast
        grant = enrol.certify(
            seen, inspectors=[], statement=cast.statement, issuing=cast.issuing, now_ms=NOW_MS
        )
        enrol.confirm(grant, box=desk)
        result = enrol.finish(application, box)
        assert result.device.certificate.id == OTHER
        another = enrol.invite(url, statement=cast.envelope, box=desk, now_ms=NOW_MS)
        enrol.withdraw(another, box=desk)
        with pytest.raises(EnrolmentUnknownError):
            enrol.begin(another.invitation, connect=lambda url: tablet)
