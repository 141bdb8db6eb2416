"""Packs on the tablet: what is taken, what is refused, and who may publish."""

import json
from base64 import b64encode
from dataclasses import replace

import pytest

from inspector.catalog.content import Content
from inspector.domain.delivery import NO_PREVIOUS, FeedMessage
from inspector.errors import PackConflictError, PackForgedError, PackOlderError, PackUnfitError
from inspector.trust import dsse
from inspector.trust.certificates import HolderKind
from inspector.trust.strict_json import canonical, parse_object
from inspector.work.feed import compose_message, read_body
from inspector.work.packs import (
    PACK_TYPE,
    PART_BYTES,
    PackVersion,
    open_pack,
    packed,
    parts_of,
    sign_manifest,
    verify_manifest,
)
from tests.shipped import CATALOGUE
from tests.simulator import NOW_MS, TENANT, Cast, key
from tests.tablet.packing import (
    Publisher,
    alarms,
    current,
    exchange,
    packing,
    restarted,
    sample_folder,
    send,
    take,
)

# --- Taking packs in ---


@packing
async def test_a_pack_is_used_for_new_inspections_and_told_to_the_office(rig, publisher):
    assert current(rig) == 30
    send(rig, *publisher.pack(20))
    report = exchange(rig)
    assert (report.messages, alarms(rig)) == (1, set())
    assert current(rig) == 20
    assert rig.bench.shelf.in_use().version == "2026.1"
    assert rig.bench.inspections.reference(rig.draft()).checklists[0].version == "2026.1+province.2026.1"
    exchange(rig)
    kinds = [row.kind.value for row in rig.bench.office.transfer()]
    assert kinds == ["adopt", "open"]
    exchange(rig)
    assert len(rig.bench.office.transfer()) == 2, "it is said once"


@packing
async def test_a_pack_in_several_messages_is_used_only_when_all_of_it_is_there(rig, publisher):
    first, *rest = publisher.pack(20, filler=2 * PART_BYTES)
    assert rest
    take(rig, first)
    assert current(rig) == 30
    await restarted(rig)
    assert current(rig) == 30
    take(rig, *rest)
    assert current(rig) == 20
    await restarted(rig)
    assert current(rig) == 20


@packing
async def test_two_packs_published_while_the_tablet_was_away_are_taken_in_their_order(rig, publisher):
    send(rig, *publisher.pack(20), *publisher.pack(10, "2026.2"))
    exchange(rig)
    assert (current(rig), rig.bench.shelf.in_use().version) == (10, "2026.2")
    assert alarms(rig) == set()


@packing
async def test_the_same_pack_again_changes_nothing(rig, publisher):
    parts = publisher.pack(20)
    take(rig, *parts)
    rig.clock.pass_(60)
    before = rig.bench.shelf.in_use()
    take(rig, *parts)
    assert rig.bench.shelf.in_use() == before


@packing
async def test_an_older_pack_is_refused_and_the_newer_one_stays(rig, publisher):
    take(rig, *publisher.pack(10, "2026.2"))
    with pytest.raises(PackOlderError):
        take(rig, *publisher.pack(20, "2026.1"))
    send(rig, *publisher.pack(20, "2025.9"))
    exchange(rig)
    assert alarms(rig) == {"pack.older"}
    assert current(rig) == 10


@packing
async def test_another_pack_of_the_same_version_is_refused(rig, publisher):
    take(rig, *publisher.pack(20))
    with pytest.raises(PackConflictError):
        take(rig, *publisher.pack(10))
    assert current(rig) == 20


@packing
async def test_a_content_that_was_not_signed_is_refused_and_alarmed(rig, publisher):
    signed, deflated = publisher.signed(publisher.content(20))
    other = packed(publisher.content(25)).deflated
    for data in (other, deflated[:-9], deflated + b"x", b"x" + deflated):
        with pytest.raises(PackForgedError):
            take(rig, *parts_of(signed, data))
    send(rig, *parts_of(signed, other))
    exchange(rig)
    assert alarms(rig) == {"pack.forged"}
    assert current(rig) == 30
    take(rig, *parts_of(signed, deflated))
    assert current(rig) == 20, "the genuine one is taken all the same"


@packing
async def test_a_pack_with_faults_is_refused_whole(rig, publisher):
    content = publisher.content(20)
    spoilt = Content.from_json(*read_spoilt(content, '"days":20', '"days":0'))
    signed, _ = publisher.signed(content)
    made = packed(spoilt)
    signed = sign_manifest(
        replace(signed.manifest, content=made.sha256, size=made.size),
        key=publisher.key,
        certificate=publisher.certificate,
    )
    with pytest.raises(PackUnfitError) as caught:
        take(rig, *parts_of(signed, made.deflated))
    assert "0 超出范围" in caught.value.message
    send(rig, *parts_of(signed, made.deflated))
    exchange(rig)
    assert alarms(rig) == {"pack.unfit"}
    assert current(rig) == 30


def read_spoilt(content, old, new):
    text = canonical(content.to_json()).decode()
    assert old in text
    found = json.loads(text.replace(old, new))
    return found["laws"], found["checklists"]


@packing
async def test_a_content_with_other_checklists_than_its_manifest_lists_is_refused(rig, publisher):
    with pytest.raises(PackForgedError):
        take(rig, *publisher.pack(20, checklists=()))


@packing
async def test_a_missing_part_is_told_instead_of_waiting_for_ever(rig, publisher):
    *_, last = publisher.pack(20, filler=2 * PART_BYTES)
    send(rig, last)
    exchange(rig)
    assert alarms(rig) == {"pack.unfit"}
    assert current(rig) == 30


# --- Who may publish ---


def refused(rig, publisher, statement=None):
    signed, _ = publisher.signed(publisher.content(20))
    with pytest.raises(PackForgedError):
        verify_manifest(signed.envelope, signed.certificate, statement or rig.cast.statement)


@packing
async def test_only_an_account_of_this_office_publishes(rig, publisher):
    signed, _ = publisher.signed(publisher.content(20))
    assert verify_manifest(signed.envelope, signed.certificate, rig.cast.statement) == signed
    for kind in (HolderKind.DEVICE, HolderKind.INSPECTOR):
        publisher.__init__(rig.cast, rig_folder(rig), kind=kind)
        refused(rig, publisher)


def rig_folder(rig):
    return rig.folder.parent / "checklists"


@packing
async def test_another_office_does_not_publish_here(rig, _publisher):
    stranger = Publisher(Cast.new("other-office"), rig_folder(rig))
    refused(rig, stranger)
    send(rig, *stranger.pack(20))
    exchange(rig)
    assert alarms(rig) == {"pack.forged"}
    assert current(rig) == 30


@packing
async def test_a_key_that_no_certificate_names_does_not_publish(rig, publisher):
    signed, deflated = publisher.signed(publisher.content(20))
    payload = dsse.peek(signed.envelope).payload
    forged = dsse.sign(payload, PACK_TYPE, [key("nobody")])
    with pytest.raises(PackForgedError):
        verify_manifest(forged, signed.certificate, rig.cast.statement)
    again = replace(signed, envelope=forged)
    send(rig, *parts_of(again, deflated))
    exchange(rig)
    assert alarms(rig) == {"pack.forged"}


@packing
async def test_an_account_that_lacks_the_consoles_feed_key_reaches_no_tablet(rig, publisher):
    part = publisher.pack(20)[0]
    message = compose_message(
        part,
        tenant=TENANT,
        device=rig.cast.certificate,
        n=1,
        prev=NO_PREVIOUS,
        feed=publisher.key,
        at_ms=NOW_MS,
    )
    rig.office.messages.append(message)
    exchange(rig)
    assert "feed.forged" in alarms(rig)
    assert current(rig) == 30


@packing
async def test_a_manifest_changed_in_one_place_is_refused(rig, publisher):
    signed, _ = publisher.signed(publisher.content(20))
    payload = dsse.peek(signed.envelope).payload
    other = payload.replace(b"2026.1", b"2026.9")
    forged = signed.envelope.replace(b64encode(payload), b64encode(other))
    assert dsse.peek(forged).payload == other
    with pytest.raises(PackForgedError):
        verify_manifest(forged, signed.certificate, rig.cast.statement)


# --- A server that holds packs back ---


@packing
async def test_a_pack_that_is_held_back_shows_as_a_gap_in_the_messages(rig, publisher):
    send(rig, *publisher.pack(20), *publisher.pack(10, "2026.2"))
    del rig.office.messages[0]
    exchange(rig)
    assert "feed.gap" in alarms(rig)
    assert current(rig) == 30


@packing
async def test_a_part_that_is_replayed_or_of_another_tablet_is_named(rig, publisher):
    send(rig, *publisher.pack(20))
    exchange(rig)
    rig.office.messages.append(rig.office.messages[0])
    exchange(rig)
    assert "feed.replayed" in alarms(rig)


# --- The wire ---


@packing
async def test_a_part_reads_back_from_its_message_as_it_was(rig, publisher):
    part = publisher.pack(20)[0]
    message = rig.cast.message(part, n=1, prev=NO_PREVIOUS)
    found = FeedMessage.from_payload(parse_object(dsse.peek(message).payload))
    assert read_body(found, [rig.cast.identity], rig.cast.statement) == part


def test_what_ships_fits_into_few_messages_and_opens_again(tmp_path):
    found = CATALOGUE
    made = packed(found.content)
    assert len(made.deflated) <= 2 * PART_BYTES
    signed, _ = Publisher(Cast.new(), sample_folder(tmp_path)).signed(found.content)
    opened = open_pack(signed.manifest, made.deflated)
    assert {one.id: one for one in opened.checklists} == {one.id: one for one in found.checklists}
    assert opened.laws == found.laws


@pytest.mark.parametrize(
    "text", ["", "2026", "2026.0", "2026.01", "2026.1.1", "二〇二六.1", "2026.x", "-1.1", "02026.1"]
)
def test_what_is_no_version_is_refused(text):
    with pytest.raises(PackForgedError):
        PackVersion.parse(text)


def test_versions_are_ordered_by_number_and_begin_anew_each_year():
    versions = [PackVersion.parse(text) for text in ("2026.10", "2026.9", "2027.1")]
    assert [str(one) for one in sorted(versions)] == ["2026.9", "2026.10", "2027.1"]
    assert str(PackVersion.after(None, year=2026)) == "2026.1"
    assert str(PackVersion.after(versions[0], year=2026)) == "2026.11"
    assert str(PackVersion.after(versions[0], year=2027)) == "2027.1"
    assert str(PackVersion.after(versions[2], year=2026)) == "2027.2", "a clock set back makes none older"
