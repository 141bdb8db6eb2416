"""Sealing and taking in: what was sealed opens as it was, and nothing else passes for it."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest

from inspector.domain import records
from inspector.domain.answer import PhotoId, Verdict
from inspector.domain.delivery import DELIVERY_TYPE, LogHead
from inspector.domain.inspection import ClockJump, NoPosition, PhotoSource, Role
from inspector.domain.records import RECORD_TYPE
from inspector.errors import (
    EntryDisagreesError,
    IllegalMoveError,
    InspectionIncompleteError,
    SignatureInvalidError,
    SignerUnknownError,
    TrustError,
)
from inspector.trust import age, dsse
from inspector.trust.ledger import GENESIS, ChainHead
from inspector.trust.strict_json import canonical, parse_object
from inspector.work.intake import Aspect, Mark
from inspector.work.seal import announce, by_hand, enter, seal_inspection, statement_sha256
from tests import make
from tests.make import ADA, BEN, DAY_MS, EXIT, key
from tests.office import SampleOffice
from tests.office import key as signing_key


def with_photo(office: SampleOffice):
    data = b"picture"
    photo = make.photo(sha256(data).hexdigest(), size=len(data))
    draft = make.passed(make.inspection(inspectors=[office.ada, BEN])).photographed(photo)
    draft = draft.answered(make.answer(EXIT, photos=(photo.id,)))
    return office.finished(draft), {photo.id: data}


def opened(office: SampleOffice, envelope: bytes, head=GENESIS, arrived_ms=DAY_MS + 10):
    return office.examiner.open_entry(envelope, head=head, index=0, arrived_ms=arrived_ms)


def bad(entry):
    return [line for line in entry.proof if line.mark is Mark.BAD]


def test_a_sealed_inspection_opens_as_it_was_and_is_genuine():
    office = SampleOffice()
    draft, photos = with_photo(office)
    done, entry = office.sealed(draft, photos)
    found = opened(office, entry.envelope)
    assert found.is_genuine and not bad(found)
    assert found.content.inspection == done
    assert found.inner_sha256 == entry.inner_sha256
    assert office.examiner.open_photo(found.content, next(iter(photos))) == b"picture"


def test_the_stock_age_command_opens_a_record_and_its_photo(tmp_path):
    office = SampleOffice()
    draft, photos = with_photo(office)
    _, entry = office.sealed(draft, photos)
    (tmp_path / "id").write_text(office.identity)
    for sealed in (entry.delivery.body, *office.box.blobs.values()):
        opened = subprocess.run(
            ["age", "-d", "-i", str(tmp_path / "id")], input=sealed, capture_output=True, check=True
        ).stdout
        assert opened == b"picture" or json.loads(opened)["payloadType"] == RECORD_TYPE


def test_nothing_of_the_content_shows_outside():
    office = SampleOffice()
    draft, photos = with_photo(office)
    _, entry = office.sealed(draft, photos)
    outside = b"".join([entry.envelope, *office.box.blobs.values(), *office.certificates])
    for word in ("样例商场", ADA.name, BEN.name, "样例负责人", "安全出口", ADA.number, "picture"):
        assert word.encode() not in outside
        assert json.dumps(word).strip('"').encode() not in outside


def test_an_incomplete_inspection_is_not_sealed_and_nothing_enters_the_chain():
    office = SampleOffice()
    half = make.inspection(inspectors=[office.ada, BEN]).answered(make.answer(EXIT))
    with pytest.raises(InspectionIncompleteError):
        office.sealed(half)
    assert office.box.entries == []


def test_a_missing_signature_keeps_it_open():
    office = SampleOffice()
    with pytest.raises(InspectionIncompleteError):
        office.sealed(make.passed(make.inspection(inspectors=[office.ada, BEN])))


def test_who_signed_something_else_signed_nothing():
    office = SampleOffice()
    signed = office.finished()
    changed = replace(signed, place="别处")
    with pytest.raises(IllegalMoveError):
        office.sealed(changed)
    with pytest.raises(IllegalMoveError):
        by_hand(make.handwriting("0" * 64), make.passed(), tenant="sample")


def test_entries_form_one_chain():
    office = SampleOffice()
    _, first = office.sealed()
    second_draft = make.passed(
        make.inspection(inspectors=[office.ada, BEN], id="0198c0de-0000-7000-8000-000000000002")
    )
    _, second = office.sealed(office.finished(second_draft))
    assert (second.delivery.seq, second.delivery.prev) == (2, first.sha256)
    assert opened(office, second.envelope, ChainHead(seq=1, sha256=first.sha256)).is_genuine
    lost = opened(office, second.envelope)
    assert [line.words for line in bad(lost)] == ["第 0 号记录之后缺少第 1 号"]


def test_another_devices_envelope_is_refused():
    office, stranger = SampleOffice(), SampleOffice(device_key=signing_key(9))
    _, entry = stranger.sealed()
    with pytest.raises(SignerUnknownError):
        opened(office, entry.envelope)


OUTER_CHANGES = {
    "place in the chain": {"seq": 2, "prev": "1" * 64},
    "record": {"record": "0198c0de-0000-7000-8000-00000000000f"},
    "kind": {"kind": "amend"},
    "device": {"device": "0198c0de-0000-7000-8000-0000000000d1"},
    "tenant": {"tenant": "other"},
    "body": {"body": {"inline": "AAAA"}},
    "blobs": {"blobs": [{"sha256": "0" * 64, "size": 1}]},
    "time": {"at_ms": 1},
}


@pytest.mark.parametrize("change", OUTER_CHANGES.values(), ids=OUTER_CHANGES)
def test_a_changed_outer_field_breaks_the_signature(change):
    office = SampleOffice()
    _, entry = office.sealed()
    changed = canonical({**entry.delivery.to_payload(), **change})
    envelope = {**json.loads(entry.envelope), "payload": b64encode(changed).decode()}
    with pytest.raises(SignatureInvalidError):
        opened(office, json.dumps(envelope).encode())


def resealed(office: SampleOffice, change, signers=None):
    """The office's own tablet key signs a record that was tampered with before sealing."""
    _, entry = office.sealed()
    inner = age.decrypt(entry.delivery.body, [office.identity])
    payload = parse_object(dsse.peek(inner).payload)
    change(payload)
    forged = dsse.sign(canonical(payload), RECORD_TYPE, signers or [office.device_key, office.ada_key])
    return enter(
        forged,
        kind=entry.delivery.kind,
        record=entry.delivery.record,
        blobs=(),
        seal=office.seal,
        box=office.box,
        at_ms=DAY_MS,
    ), ChainHead(seq=1, sha256=entry.sha256)


def test_whoever_holds_only_the_offices_decryption_key_forges_nothing():
    office = SampleOffice()
    entry, head = resealed(office, lambda payload: payload.update(place="改过"), [signing_key(9)])
    found = opened(office, entry.envelope, head)
    assert found.content is None and not found.is_genuine


def announced(office: SampleOffice):
    """That an inspection has begun."""
    begun = make.inspection(inspectors=[office.ada, BEN])
    id = "0198c0de-0000-7000-8000-0000000000e1"
    return begun, announce(begun, seal=office.seal, box=office.box, id=id, at_ms=DAY_MS)


@pytest.mark.parametrize("sealed", [announced, SampleOffice.sealed], ids=["opening", "record"])
def test_the_right_key_ids_under_another_content_prove_nothing(sealed):
    """Who unseals and seals anew can keep the signatures, but not what they stand for."""
    office = SampleOffice()
    _, entry = sealed(office)
    inner = parse_object(age.decrypt(entry.delivery.body, [office.identity]))
    payload = parse_object(dsse.peek(canonical(inner)).payload)
    payload["inspectors"] = []
    inner["payload"] = b64encode(canonical(payload)).decode("ascii")
    forged = enter(
        canonical(inner),
        kind=entry.delivery.kind,
        record=entry.delivery.record,
        blobs=(),
        seal=office.seal,
        box=office.box,
        at_ms=DAY_MS,
    )
    found = opened(office, forged.envelope, ChainHead(seq=1, sha256=entry.sha256))
    assert found.content is None
    assert [(line.aspect, line.words) for line in bad(found)] == [
        (Aspect.CONTENT, SignatureInvalidError(reason="与内容或密钥不符").message)
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.update(id="0198c0de-0000-7000-8000-00000000000e"),
        lambda p: p.update(device="0198c0de-0000-7000-8000-0000000000d1"),
        lambda p: p.update(tenant="other"),
        lambda p: p["inspectors"][0].update(name="换人"),
        lambda p: p["inspectors"][0].update(number="换证"),
        lambda p: p["standings"][1].update(signed="key"),
        lambda p: p["standings"][0]["details"].update(name="换人"),
        lambda p: p["standings"][0].update(details=None),
        lambda p: p.update(place="签名之后改的"),
    ],
    ids=["id", "device", "tenant", "name", "number", "claims a key", "details", "no details", "content"],
)
def test_a_record_that_contradicts_its_envelope_certificates_or_signatures_is_not_genuine(change):
    office = SampleOffice()
    entry, head = resealed(office, change)
    found = opened(office, entry.envelope, head)
    assert not found.is_genuine
    assert bad(found)


def test_an_inspector_who_is_said_to_have_signed_must_have_signed():
    office = SampleOffice()
    entry, head = resealed(office, lambda payload: None, [office.device_key])
    assert not opened(office, entry.envelope, head).is_genuine


def test_swapped_and_missing_photos_show():
    office = SampleOffice()
    draft, photos = with_photo(office)
    _, entry = office.sealed(draft, photos)
    record = opened(office, entry.envelope).content
    sealed = record.attachments[0].sealed
    name = record.attachments[0].photo.id
    other = age.encrypt(b"another", office.seal.recipients)
    office.box.blobs[sealed] = other
    with pytest.raises(EntryDisagreesError):
        office.examiner.open_photo(record, name)
    del office.box.blobs[sealed]
    with pytest.raises(EntryDisagreesError):
        office.examiner.open_photo(record, name)


def test_a_server_that_shows_different_logs_is_found_out():
    office = SampleOffice()
    office.box.seen = LogHead(size=3, root="1" * 64)
    _, entry = office.sealed()
    withheld = opened(office, entry.envelope)
    assert [line.aspect for line in bad(withheld)] == [Aspect.LOG]
    for root, mark in (("1" * 64, Mark.GOOD), ("2" * 64, Mark.BAD)):
        examiner = replace(office.examiner, root_at=lambda size, root=root: root)
        found = examiner.open_entry(entry.envelope, head=GENESIS, index=0, arrived_ms=DAY_MS)
        assert next(line for line in found.proof if line.aspect is Aspect.LOG).mark is mark


@pytest.mark.parametrize(
    ("office_ms", "jumps", "arrived_ms"),
    [
        (DAY_MS + 3_600_000, (), DAY_MS + 4_000_000),
        (None, (ClockJump(at_ms=1, by_ms=-9),), DAY_MS + 9),
        (None, (), 0),
    ],
    ids=["behind the office", "jumped", "ahead of the office"],
)
def test_a_doubtful_clock_is_told_and_does_not_make_a_record_false(office_ms, jumps, arrived_ms):
    office = SampleOffice()
    draft = replace(office.finished(), jumps=jumps)
    _, entry = seal_inspection(
        draft,
        checklists=(make.checklist(),),
        is_enforcement=True,
        signers=(office.ada_signs,),
        seal=office.seal,
        box=office.box,
        photo_bytes=lambda id: b"",
        office_ms=office_ms,
        at_ms=DAY_MS + 2,
        progress=lambda step: None,
    )
    found = opened(office, entry.envelope, arrived_ms=arrived_ms)
    assert found.is_genuine
    assert next(line for line in found.proof if line.aspect is Aspect.TIME).mark is Mark.DOUBT


def test_a_gallery_picture_is_told():
    office = SampleOffice()
    data = b"old"
    photo = make.photo(sha256(data).hexdigest(), size=3, source=PhotoSource.GALLERY)
    draft = make.passed(make.inspection(inspectors=[office.ada, BEN])).photographed(photo)
    _, entry = office.sealed(office.finished(draft), {PhotoId(photo.id): data})
    found = opened(office, entry.envelope)
    assert next(line for line in found.proof if line.aspect is Aspect.PHOTOS).mark is Mark.DOUBT


def test_a_large_record_travels_as_a_blob():
    office = SampleOffice()
    draft = make.passed(make.inspection(inspectors=[office.ada, BEN]))
    draft = draft.answered(make.answer(EXIT, Verdict.PASS, note="记" * 200_000))
    _, entry = office.sealed(office.finished(draft))
    assert entry.delivery.body in entry.delivery.blobs
    assert opened(office, entry.envelope).is_genuine


def test_handwriting_is_bound_to_what_was_shown():
    shown = statement_sha256(make.passed(), tenant="sample")
    moved = make.passed().located(NoPosition(reason="另一个原因"))
    assert statement_sha256(moved, tenant="sample") != shown
    signed = by_hand(make.handwriting(shown), make.passed(), tenant="sample")
    assert signed.handwriting_of(Role.RESPONSIBLE).shown == shown
    assert key(EXIT) in signed.answers
    assert records.statement(signed, tenant="sample") == records.statement(make.passed(), tenant="sample")


def test_an_envelope_of_another_payload_type_is_no_delivery():
    office = SampleOffice()
    _, entry = office.sealed()
    other = dsse.sign(dsse.peek(entry.envelope).payload, DELIVERY_TYPE + "x", [office.device_key])
    with pytest.raises(TrustError):
        opened(office, other)
