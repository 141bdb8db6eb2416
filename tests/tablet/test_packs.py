"""Packs on the tablet: what is refused, what survives, and that a draft keeps the version it began with."""

import json
import random
from base64 import b64encode
from contextlib import nullcontext
from dataclasses import replace
from hashlib import sha256

import pytest

from inspector.catalog import read_all
from inspector.catalog.content import Content
from inspector.catalog.layers import catalogue_of, lay_over
from inspector.domain.answer import ItemKey, Verdict
from inspector.domain.delivery import NO_PREVIOUS, FeedMessage
from inspector.domain.inspection import Amends
from inspector.errors import (
    PackConflictError,
    PackForgedError,
    PackOlderError,
    PackUnfitError,
    StoreFullError,
)
from inspector.store.files import REAL_FILES
from inspector.store.packs import PackBox
from inspector.tablet.amending import answer_task
from inspector.tablet.office import Task
from inspector.trust import age, dsse
from inspector.trust.certificates import Certificate, Details, HolderKind, issue_certificate
from inspector.trust.keyring import Keyring
from inspector.trust.ledger import GENESIS
from inspector.trust.strict_json import canonical, parse_object
from inspector.work.feed import compose_message, read_body
from inspector.work.intake import Examiner
from inspector.work.packs import (
    NO_PACK,
    PACK_TYPE,
    PART_BYTES,
    Manifest,
    PackVersion,
    open_pack,
    packed,
    parts_of,
    refs_of,
    sign_manifest,
    verify_manifest,
)
from tests.catalog.sample import CHECKLIST, LAWS
from tests.catalog.test_layers import changed, layer
from tests.shipped import CATALOGUE
from tests.simulator import DAY_MS, NOW_MS, TENANT, Cast, key
from tests.tablet.rig import Rig
from tests.ui_harness import screen_test

ACCOUNT = "0198c0de-0000-7000-8000-0000000000aa"


class Publisher:
    """A console's account that publishes packs of the sample checklist.

    Args:
        filler: bytes that do not deflate, so that a pack takes several messages.
    """

    def __init__(self, cast, folder, kind=HolderKind.ACCOUNT, signer="account"):
        self.cast, self.key = cast, key(signer)
        certificate = Certificate(
            tenant=TENANT,
            kind=kind,
            id=ACCOUNT,
            key=self.key.public,
            recipient=age.recipient_of(age.generate_identity()) if kind is HolderKind.DEVICE else None,
            details_sha256=Details(salt=bytes(16), name="样例").sha256,
            issued_ms=NOW_MS - DAY_MS,
        )
        self.certificate = issue_certificate(certificate, cast.issuing)
        self.base = read_all(folder)

    def content(self, days, filler=0):
        """The sample with another deadline."""
        content = lay_over(self.base, [layer(changed("tighten", "door-width", f"  days = {days}"))]).content
        if not filler:
            return content
        noise = random.Random(days).randbytes(filler // 2).hex()
        law = {**content.laws["law"][0], "id": "noise", "articles": []}
        laws = [{**law, "id": f"n{n}", "note": noise[n * 250 : n * 250 + 250]} for n in range(filler // 250)]
        return replace(content, laws={**content.laws, "law": [*content.laws["law"], *laws]})

    def signed(self, content, version="2026.1", **changes):
        made = packed(content)
        manifest = Manifest(
            tenant=TENANT,
            version=PackVersion.parse(version),
            previous=NO_PACK,
            content=made.sha256,
            size=made.size,
            layers=(),
            checklists=refs_of(catalogue_of(content, name="样例")),
            eased=(),
            account=ACCOUNT,
            by="样例管理员",
            at_ms=NOW_MS,
        )
        signed = sign_manifest(replace(manifest, **changes), key=self.key, certificate=self.certificate)
        return signed, made.deflated

    def pack(self, days, version="2026.1", filler=0, **changes):
        """The parts of a pack whose door has so many days."""
        return parts_of(*self.signed(self.content(days, filler), version, **changes))


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "checklists"
    place.mkdir()
    (place / "laws.toml").write_text(LAWS, encoding="utf-8")
    (place / "sample.toml").write_text(CHECKLIST, encoding="utf-8")
    return place


def packing(test):
    """A test with an enrolled tablet whose program brings the sample checklist, and a publisher."""

    @screen_test
    async def run(tmp_path, folder):
        (tmp_path / "tablet").mkdir()
        rig = Rig(tmp_path / "tablet")
        rig.catalogue = read_all(folder)
        rig.tablet = rig.another_process()
        async with rig:
            ui = await rig.enrolled()
            await rig.tablet.background.stop()
            await test(rig, Publisher(rig.cast, folder))
            await ui.settle()

    return run


def days_of(catalogue):
    return catalogue.get("sample").item("door-width").remedy.days


def current(rig):
    return days_of(rig.bench.shelf.current)


def take(rig, *parts):
    for part in parts:
        rig.bench.shelf.take(part, nullcontext())


def send(rig, *parts):
    """As messages of the feed, from where it stands."""
    for part in parts:
        chain = rig.office.messages
        prev = sha256(chain[-1]).hexdigest() if chain else NO_PREVIOUS
        chain.append(rig.cast.message(part, n=len(chain) + 1, prev=prev))


def exchange(rig):
    return rig.bench.office.exchange(lambda _progress: None, lambda: False)


def alarms(rig):
    return {alarm.code for alarm in rig.bench.office.alarms()}


async def restarted(rig):
    """The program ends and another one begins over the same store."""
    await rig.tablet.close()
    rig.tablet = rig.another_process()
    rig.tablet.open()
    await rig.tablet.act(rig.tablet.gate.unlock, rig.person().id, "135790")


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


# --- What survives ---


class Failing:
    """A file layer on which every write from the nth on fails."""

    def __init__(self, after):
        self.left = after

    def __getattr__(self, name):
        return getattr(REAL_FILES, name)

    def create(self, path):
        self.left -= 1
        if self.left < 0:
            raise StoreFullError()
        return REAL_FILES.create(path)


@packing
async def test_a_full_disk_at_any_write_leaves_the_old_pack_until_there_is_room(rig, publisher):
    box = rig.bench.shelf._box
    for version, room in enumerate(range(5), 1):
        parts = publisher.pack(30 - version, f"2026.{version}", filler=2 * PART_BYTES)
        send(rig, *parts)
        rig.bench.shelf._box = PackBox(box._folder, box._key, files=Failing(room))
        report = exchange(rig)
        is_full = isinstance(report.stopped, StoreFullError)
        assert is_full == (room < len(parts) + 1), "each part, and the whole"
        assert current(rig) == (31 - version if is_full else 30 - version)
        rig.bench.shelf._box = box
        exchange(rig)
        assert current(rig) == 30 - version
        assert alarms(rig) == set()


class KilledError(Exception):
    """The program ends here."""


class Killing:
    """A lock at which the program is killed: between storing the pack and making it the current one."""

    def __enter__(self):
        raise KilledError

    def __exit__(self, *_):
        return None


@packing
async def test_a_cut_between_storing_and_switching_leaves_the_old_one_until_it_comes_again(rig, publisher):
    parts = publisher.pack(20)
    with pytest.raises(KilledError):
        rig.bench.shelf.take(parts[0], Killing())
    assert rig.bench.shelf._box.names() != ()
    await restarted(rig)
    assert current(rig) == 30
    take(rig, *parts)
    assert current(rig) == 20


@packing
async def test_a_damaged_pack_falls_back_to_the_programs_own_and_says_so(rig, publisher):
    send(rig, *publisher.pack(20))
    exchange(rig)
    (path,) = (rig.store / "packs").iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    await restarted(rig)
    assert current(rig) == 30
    assert rig.bench.shelf.in_use().version == ""
    assert "pack.missing" in alarms(rig)


# --- A draft keeps what it began with ---


@packing
async def test_a_draft_keeps_the_checklists_and_laws_that_it_began_with(rig, publisher):
    draft = rig.draft()
    assert days_of_draft(rig, draft) == 30
    take(rig, *publisher.pack(20, filler=300))
    assert days_of_draft(rig, draft) == 30
    assert rig.bench.inspections.reference(draft).laws.get("n0") is None
    later = rig.draft()
    assert days_of_draft(rig, later) == 20
    assert rig.bench.inspections.reference(later).laws.get("n0") is not None
    take(rig, *publisher.pack(10, "2026.2"))
    await restarted(rig)
    assert [days_of_draft(rig, rig.bench.inspections.open(one.id)) for one in (draft, later)] == [30, 20]
    assert days_of_draft(rig, rig.draft()) == 10
    found = rig.bench.inspections.judge(
        rig.bench.inspections.open(draft.id), ItemKey("sample/exit-unlocked"), Verdict.FAIL
    )
    assert found.findings


def days_of_draft(rig, draft):
    return rig.bench.inspections.reference(draft).checklists[0].item("door-width").remedy.days


@packing
async def test_a_draft_outlives_the_program_that_brought_its_checklists(rig, publisher):
    draft = rig.draft()
    rig.catalogue = catalogue_of(publisher.content(5), name="下一版程序")
    await restarted(rig)
    assert current(rig) == 5
    assert days_of_draft(rig, rig.bench.inspections.open(draft.id)) == 30
    assert rig.bench.lists.row(draft.id).total > 0


@packing
async def test_a_correction_is_held_against_what_the_returned_record_began_with(rig, publisher):
    draft = rig.draft()
    take(rig, *publisher.pack(20))
    task = Task(record=draft.id, sha256="0" * 64, note="补拍", items=(), by="样例审核员", at_ms=NOW_MS)
    begun = answer_task(rig.bench, task, at_ms=rig.clock.now())
    assert begun.amends == Amends(record=draft.id, sha256="0" * 64)
    assert days_of_draft(rig, begun) == 30
    await restarted(rig)
    assert days_of_draft(rig, rig.bench.inspections.open(begun.id)) == 30


@packing
async def test_packs_that_nothing_needs_go_and_those_in_use_stay(rig, publisher):
    draft = rig.draft()
    take(rig, *publisher.pack(20))
    take(rig, *publisher.pack(15, "2026.2"))
    take(rig, *publisher.pack(10, "2026.3"))
    names = rig.bench.shelf._box.names()
    assert len(names) == 2, "the program's own, for the draft, and the newest"
    assert days_of_draft(rig, draft) == 30


@packing
async def test_the_opening_of_an_inspection_names_its_pack(rig, publisher):
    take(rig, *publisher.pack(20))
    rig.draft()
    name = publisher.signed(publisher.content(20))[0].manifest.content
    entry = rig.bench.memory.entries()[-1]
    keyring = Keyring.from_envelopes(rig.cast.statement, [rig.cast.certificate_envelope], [])
    examiner = Examiner(
        keyring=keyring,
        identities=(rig.cast.office_identity,),
        root_at=lambda _size: None,
        blob=lambda _name: None,
    )
    envelope = rig.bench.memory.envelope(entry.sha256)
    opened = examiner.open_entry(envelope, head=GENESIS, index=0, arrived_ms=NOW_MS)
    assert (opened.content.pack.version, opened.content.pack.sha256) == ("2026.1", name)


# --- The wire ---


@packing
async def test_a_part_reads_back_from_its_message_as_it_was(rig, publisher):
    part = publisher.pack(20)[0]
    message = rig.cast.message(part, n=1, prev=NO_PREVIOUS)
    found = FeedMessage.from_payload(parse_object(dsse.peek(message).payload))
    assert read_body(found, [rig.cast.identity], rig.cast.statement) == part


def test_what_ships_fits_into_few_messages_and_opens_again(folder):
    found = CATALOGUE
    made = packed(found.content)
    assert len(made.deflated) <= 2 * PART_BYTES
    signed, _ = Publisher(Cast.new(), folder).signed(found.content)
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
