"""What is registered of a notice fits its box, however much the notice says."""

from __future__ import annotations

import json
from datetime import date

import pytest

from inspector.domain.identifiers import NAME_CAP
from inspector.domain.notice import FINDINGS_CAP
from inspector.domain.working_days import DayKind, Deadline
from inspector.errors import RegistrationTooLongError
from inspector.trust import age, dsse
from inspector.trust.certificates import Certificate, HolderKind, issue_certificate
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.registration import BOX_BYTES, open_registration
from inspector.trust.statement import (
    MAX_RECIPIENTS,
    OfficeRecipient,
    OfficeStatement,
    RecipientRole,
    issue_statement,
)
from inspector.work.registration import (
    REGISTRATION_TYPE,
    PublicFinding,
    PublicState,
    Registration,
    box_of,
)
from tests.office import key

KEY, PUBLIC_ID, TENANT = bytes(range(16)), "ab" * 16, "t" * 32
LONG = "𠅤" * NAME_CAP
"""A character of four bytes, as often as a name takes it."""
RECIPIENTS = tuple(
    OfficeRecipient(role=RecipientRole.OFFICE, recipient=age.recipient_of(age.generate_identity()))
    for _ in range(MAX_RECIPIENTS)
)
STATEMENT = OfficeStatement(
    tenant=TENANT,
    office=LONG,
    version=9_999,
    root=key(1).public,
    issuing=key(2).public,
    feed=key(3).public,
    log=LogVerifier(name=f"{TENANT}/log", key=key(4).public),
    recipients=RECIPIENTS,
)
CERTIFICATE = Certificate(
    tenant=TENANT,
    kind=HolderKind.DEVICE,
    id="0198c0de-0000-7000-8000-000000000001",
    key=key(5).public,
    recipient=RECIPIENTS[0].recipient,
    details_sha256="ab" * 32,
    issued_ms=1_795_000_000_000,
)


def finding(ordinal: int, facts: str) -> PublicFinding:
    """One whose deadline was moved, and neither day is settled."""
    days = (
        Deadline(date=day, days=200, kind=DayKind.WORKING, provisional=True)
        for day in (date(2027, 12, 28), date(2027, 10, 18))
    )
    deadline, printed = days
    return PublicFinding(ordinal=ordinal, facts=facts, requirement=facts, deadline=deadline, printed=printed)


def registration(count: int, facts: str, **changes: str) -> Registration:
    """The longest that a notice of so many findings can have."""
    names = dict.fromkeys(("title", "number", "issuer", "enterprise", "reason", "replaced_by"), LONG)
    return Registration(
        tenant=TENANT,
        public_id=PUBLIC_ID,
        version=9_999,
        at_ms=1_795_000_000_000,
        issued_on="2026-11-23",
        digest="ab" * 32,
        state=PublicState.REPLACED,
        since_ms=1_795_000_000_000,
        pdf_sha256="ab" * 32,
        office_copy_sha256="ab" * 32,
        contact=(LONG, LONG),
        findings=tuple(finding(n, facts) for n in range(1, count + 1)),
        **{**names, **changes},
    )


def boxed(value: Registration) -> bytes:
    statement = issue_statement(STATEMENT, key(1))
    certificate = issue_certificate(CERTIFICATE, key(2))
    return box_of(value, statement=statement, certificate=certificate, feed=key(3), key=KEY)


def findings_in(box: bytes) -> list[list[object]]:
    outside = json.loads(open_registration(box, key=KEY, public_id=PUBLIC_ID))
    signed = dsse.verify(outside["registration"].encode(), REGISTRATION_TYPE, [STATEMENT.feed])
    return json.loads(signed.payload)["findings"]


def test_the_most_findings_fit_though_each_deadline_was_moved_and_every_name_is_as_long_as_may_be():
    box = boxed(registration(FINDINGS_CAP, "消防通道堵塞。" * 20))
    assert len(box) == BOX_BYTES
    moved = ["2027-12-28", 2027, "2027-10-18", 2027]
    assert findings_in(box) == [[n, "", "", *moved] for n in range(1, FINDINGS_CAP + 1)]


def test_texts_are_cut_no_further_than_the_box_needs():
    facts = "消防通道堵塞。" * 20
    assert findings_in(boxed(registration(3, facts)))[0][1] == facts
    shown = findings_in(boxed(registration(100, facts)))[0][1]
    assert shown.endswith("…") and facts.startswith(shown[:-1]) and len(shown) >= 5


def test_what_does_not_fit_without_its_texts_is_refused():
    with pytest.raises(RegistrationTooLongError):
        boxed(registration(1, "", enterprise=LONG * 60))
