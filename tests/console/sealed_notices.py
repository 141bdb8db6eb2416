"""Notices of a rig's tablets: entries of the chain, each with the PDF that was handed over."""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.notice import Notice
from inspector.trust.token import NoticeToken, sign_token
from inspector.work.issue import IssuedNotice, issue
from inspector.work.seal import SealedEntry
from inspector.work.verification import CERTIFICATE_FILE, STATEMENT_FILE
from tests import make
from tests.console.desk_rig import ATablet, DeskRig, uid
from tests.console.sealed_records import sealed, upload
from tests.notices import samples
from tests.notices.test_press import PRESS


def notice_of(record: SealedEntry, n: int, **changes: object) -> Notice:
    """A short notice about a record, with a number."""
    values = {
        "number": f"（样）消限改〔2026〕{n}号",
        "public_id": f"{n:032x}",
        "record_id": record.delivery.record,
        "record_sha256": record.inner_sha256,
        "findings": (replace(samples.FINDINGS[0], photos=()),),
        "photos": (),
        **changes,
    }
    return replace(samples.FIRE, **values)


def issued(
    rig: DeskRig, tablet: ATablet, notice: Notice, n: int, *, own_template: bytes | None = None
) -> IssuedNotice:
    """Printed and entered into the tablet's chain."""
    token = None
    if notice.number is not None:
        token = sign_token(
            NoticeToken.of(notice, issued_ms=make.DAY_MS),
            tablet.office.device_key,
        )
    row = rig.desk.database.row("SELECT certificate FROM devices WHERE id = ?", tablet.id)
    files = {STATEMENT_FILE: rig.made.statement, CERTIFICATE_FILE: bytes(row["certificate"])}
    return issue(
        notice,
        id=uid(0x900 + n),
        press=PRESS,
        token=token,
        attachments=files,
        photos=(),
        signers=(),
        seal=replace(tablet.office.seal, device=tablet.id),
        box=tablet.office.box,
        at_ms=make.DAY_MS + n,
        own_template=own_template,
    )


def arrived(rig: DeskRig, tablet: ATablet, count: int, *, first: int = 1) -> tuple[SealedEntry, list[str]]:
    """One record and so many notices about it, at the console; the record's entry, the notices' entries."""
    record = sealed(tablet, first)
    rig.sends(tablet, [record.envelope])
    entries = []
    for n in range(first, first + count):
        made = issued(rig, tablet, notice_of(record, n), n)
        hand_in(rig, tablet, made.entry)
        entries.append(made.entry.sha256)
    rig.desk.run()
    return record, entries


def hand_in(rig: DeskRig, tablet: ATablet, entry: SealedEntry) -> None:
    """An entry with its files reaches the server: it says which files it has not, then it has all."""
    rig.sends(tablet, [entry.envelope])
    upload(rig, tablet, entry)
    rig.sends(tablet, [entry.envelope])
