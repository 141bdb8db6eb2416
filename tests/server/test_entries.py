"""How entries come in: twice sent is once stored, one bad one blocks no other, every refusal has its code."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.delivery import DELIVERY_TYPE, BlobRef
from inspector.errors import ChainBrokenError, EntryForkError, EntryGapError
from inspector.server.chains import Chain
from inspector.sync import protocol
from inspector.trust import dsse
from inspector.trust.certificates import Certificate, HolderKind, issue_certificate
from inspector.trust.ledger import LogVerifier, Receipt, verify_receipt
from inspector.trust.strict_json import canonical
from tests.server.cast import Cast, Tablet, b64, key, name, sealed


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path / "office")
    yield made
    made.close()


def stored(cast: Cast) -> dict[str, int]:
    rows = cast.server.rows()
    return {table: rows[table] for table in ("leaves", "entries", "entry_blobs", "aside", "gaps", "keys")}


def test_an_entry_is_accepted_and_its_receipt_proves_it(cast: Cast):
    envelope = cast.tablet.next()
    assert cast.tablet.entries(envelope) == [{"sha256": name(envelope), "status": "accepted", "missing": []}]
    receipt = Receipt.from_bytes(cast.tablet.receipts(envelope)[name(envelope)])
    assert verify_receipt(receipt, envelope, LogVerifier.from_text(cast.log)).size == 2


def test_the_same_bytes_twice_are_stored_once(cast: Cast):
    envelope = cast.tablet.next()
    assert cast.tablet.statuses(envelope, envelope) == ["accepted", "duplicate"]
    before = cast.server.rows()
    assert cast.tablet.statuses(envelope) == ["duplicate"]
    assert cast.server.rows() == before


def test_another_envelope_of_the_same_number_is_a_fork_that_the_console_sees(cast: Cast):
    first, other = (
        cast.tablet.sign(cast.tablet.delivery(text="a")),
        cast.tablet.sign(cast.tablet.delivery(text="b")),
    )
    assert cast.tablet.statuses(first, other) == ["accepted", "fork"]
    [result] = cast.tablet.entries(other)
    assert (result["status"], result["problem"]["code"]) == ("fork", "entry.fork")
    aside = cast.console.ask("GET", f"{protocol.LOG_ASIDE}?after=0").json
    assert aside == {"entries": [{"number": 1, "reason": "entry.fork", "bytes": b64(other)}], "more": False}
    assert cast.console.leaves()[1:] == [first]
    assert cast.server.codes() == ["entry.fork", "entry.fork"]


def test_an_entry_whose_predecessor_is_missing_waits_at_the_tablet(cast: Cast):
    first, second, third = cast.tablet.next(), cast.tablet.next(), cast.tablet.next()
    cast.tablet.statuses(first)
    [result] = cast.tablet.entries(third)
    assert (result["status"], result["problem"]["code"]) == ("rejected", "entry.gap")
    assert "2" in result["problem"]["message"]
    assert stored(cast)["leaves"] == 2
    assert cast.tablet.statuses(second, third) == ["accepted", "accepted"]


def test_a_shuffled_batch_loses_nothing(cast: Cast):
    chain = [cast.tablet.next() for _ in range(5)]
    shuffled = [chain[at] for at in (3, 0, 4, 2, 1)]
    assert cast.tablet.statuses(*shuffled) == ["accepted"] * 5
    assert cast.console.leaves()[1:] == chain


def test_one_bad_entry_blocks_no_other_device(cast: Cast):
    other = cast.another()
    good, theirs = cast.tablet.next(), other.next()
    broken = good.replace(b'"sig":"', b'"sig":"AA', 1)
    results = cast.console.entries(good, broken, b"not json", theirs)
    assert [result["status"] for result in results] == ["accepted", "rejected", "rejected", "accepted"]
    assert [results[at]["problem"]["code"] for at in (1, 2)] == ["message.malformed"] * 2


def test_an_entry_that_names_another_predecessor_is_kept_aside(cast: Cast):
    cast.tablet.statuses(cast.tablet.next())
    stray = cast.tablet.sign(cast.tablet.delivery(prev="ab" * 32))
    [result] = cast.tablet.entries(stray)
    assert (result["status"], result["problem"]["code"]) == ("rejected", "chain.broken")
    assert stored(cast)["leaves"] == 2
    assert stored(cast)["aside"] == 1


def test_a_declared_gap_lets_the_others_through_and_is_filled_by_its_hash_alone(cast: Cast):
    first, lost, third = cast.tablet.next(), cast.tablet.next(), cast.tablet.next()
    gap = ((2, name(lost)),)
    assert cast.tablet.statuses(first, third, gaps=gap) == ["accepted", "accepted"]
    assert stored(cast)["gaps"] == 1
    seq, prev = cast.tablet.seq, cast.tablet.prev
    cast.tablet.seq, cast.tablet.prev = 1, name(first)
    imposter = cast.tablet.sign(cast.tablet.delivery(text="another second"))
    assert cast.tablet.statuses(imposter) == ["fork"]
    assert cast.tablet.statuses(lost) == ["accepted"]
    assert stored(cast)["gaps"] == 0
    cast.tablet.seq, cast.tablet.prev = seq, prev
    assert cast.tablet.statuses(cast.tablet.next()) == ["accepted"]
    assert cast.console.leaves()[1:4] == [first, third, lost]


def test_a_gap_with_another_hash_than_the_next_entry_names_is_refused(cast: Cast):
    cast.tablet.next()
    second = cast.tablet.next()
    [result] = cast.tablet.entries(second, gaps=((1, "cd" * 32),))
    assert result["problem"]["code"] == "chain.broken"


def mutations(tablet: Tablet) -> dict[str, tuple[bytes, str]]:
    """Envelopes that must not get in, by what is wrong with them, and the code of the refusal."""
    delivery = tablet.delivery()
    payload = delivery.to_payload()

    def signed(value: Any, payload_type: str = DELIVERY_TYPE) -> bytes:
        return dsse.sign(canonical(value), payload_type, [tablet.key])

    good = json.loads(tablet.sign(delivery))
    stranger = key("nobody")
    forged = dict(
        good["signatures"][0], sig=json.loads(tablet.sign(delivery, stranger))["signatures"][0]["sig"]
    )
    return {
        "an unknown field in the payload": (signed(payload | {"name": "张三"}), "message.malformed"),
        "an unknown field in the body": (
            signed(payload | {"body": {"inline": "", "note": "x"}}),
            "message.malformed",
        ),
        "an unknown field in the envelope": (canonical(good | {"note": "张三"}), "message.malformed"),
        "an unknown field in the signature": (
            canonical(good | {"signatures": [good["signatures"][0] | {"note": "张三"}]}),
            "message.malformed",
        ),
        "two signatures": (
            dsse.sign(canonical(payload), DELIVERY_TYPE, [tablet.key, stranger]),
            "message.malformed",
        ),
        "no signature": (canonical(good | {"signatures": []}), "message.malformed"),
        "a body in the clear": (tablet.sign(tablet.delivery(body=b"{}")), "entry.unsealed"),
        "a missing field": (signed({k: v for k, v in payload.items() if k != "blobs"}), "message.malformed"),
        "a later format": (signed(payload | {"v": 2}), "record.too-new"),
        "seq 0": (signed(payload | {"seq": 0}), "message.malformed"),
        "seq as text": (signed(payload | {"seq": "1"}), "message.malformed"),
        "another tenant": (signed(payload | {"tenant": "elsewhere"}), "entry.foreign"),
        "another device": (
            signed(payload | {"device": "00000000-0000-7000-8000-000000000099"}),
            "entry.foreign",
        ),
        "a key that is nobody's": (tablet.sign(delivery, stranger), "signer.unknown"),
        "a signature by another key": (canonical(good | {"signatures": [forged]}), "signature.invalid"),
        "another payload type": (
            signed(payload, "application/vnd.inspector.feed.v1+json"),
            "signature.payload-type",
        ),
        "a blob listed twice": (
            signed(payload | {"blobs": [{"sha256": "ab" * 32, "size": 1}] * 2}),
            "message.malformed",
        ),
        "a body blob that is not listed": (
            tablet.sign(tablet.delivery(body=BlobRef(sha256="ab" * 32, size=9), blobs=())),
            "message.malformed",
        ),
        "not an envelope": (b"[]", "message.malformed"),
    }


WRONG = (
    "an unknown field in the payload", "an unknown field in the body", "an unknown field in the envelope",
    "an unknown field in the signature", "two signatures", "no signature", "a body in the clear",
    "a missing field", "a later format", "seq 0", "seq as text", "another tenant", "another device",
    "a key that is nobody's", "a signature by another key", "another payload type", "a blob listed twice",
    "a body blob that is not listed", "not an envelope",
)  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_envelope_gets_its_code_and_leaves_only_an_audit_line(cast: Cast, wrong: str):
    envelope, code = mutations(cast.tablet)[wrong]
    before = cast.server.rows()
    [result] = cast.tablet.entries(envelope)
    assert (result["status"], result["problem"]["code"]) == ("rejected", code)
    assert result["problem"]["hint"]
    assert cast.server.rows() == before
    [line] = cast.server.office.audit.lines()
    assert (line.code, line.call, line.key_id, line.subject) == (
        code, f"POST {protocol.ENTRIES}", cast.tablet.key.key_id, name(envelope),
    )  # fmt: skip


def test_the_list_of_what_can_be_wrong_is_complete(cast: Cast):
    assert set(mutations(cast.tablet)) == set(WRONG)


def test_a_tablet_cannot_hand_in_the_entries_of_another(cast: Cast):
    other = cast.another()
    [result] = cast.tablet.entries(other.next())
    assert result["problem"]["code"] == "entry.foreign"


def test_the_console_hands_in_what_came_by_bundle(cast: Cast):
    assert cast.console.statuses(cast.tablet.next(), cast.tablet.next()) == ["accepted", "accepted"]


def test_an_entry_with_files_waits_for_them_and_has_its_receipt_afterwards(cast: Cast):
    photo = sealed("photo", 5000)
    envelope = cast.tablet.next(photo)
    [result] = cast.tablet.entries(envelope)
    assert (result["status"], result["missing"]) == ("awaiting-blobs", [name(photo)])
    assert cast.tablet.receipts(envelope) == {}
    assert cast.tablet.put(photo).status == 201
    assert list(cast.tablet.receipts(envelope)) == [name(envelope)]
    later = cast.tablet.next(photo)
    assert cast.tablet.statuses(later) == ["accepted"]


def test_have_tells_what_is_missing(cast: Cast):
    photo = sealed("photo")
    first, second = cast.tablet.next(photo), cast.tablet.next()
    cast.tablet.statuses(first)
    asked = {"last_seq": 2, "hashes": [name(first), name(second), name(photo)]}
    found = cast.tablet.post(protocol.HAVE, asked).json
    assert found == {"last_seq": 1, "head": name(first), "missing": sorted([name(second), name(photo)])}


def test_after_a_revocation_later_entries_are_quarantined_and_earlier_ones_count(cast: Cast):
    first, second, third, fourth = (cast.tablet.next() for _ in range(4))
    cast.tablet.statuses(first)
    assert cast.console.statuses(cast.console.revocation(cast.tablet, 2, name(second))) == ["accepted"]
    results = cast.tablet.entries(second, third)
    assert [result["status"] for result in results] == ["accepted", "rejected"]
    assert results[1]["problem"]["code"] == "entry.quarantined"
    assert cast.console.statuses(fourth) == ["rejected"]
    assert stored(cast)["aside"] == 2
    assert third not in cast.console.leaves()
    refused = cast.tablet.ask("GET", protocol.feed_path(0, 10))
    assert (refused.status, refused.code) == (403, "signer.revoked")
    assert cast.server.codes() == ["entry.quarantined", "entry.quarantined", "signer.revoked"]


def test_another_entry_under_the_last_good_number_is_quarantined(cast: Cast):
    first = cast.tablet.sign(cast.tablet.delivery(text="good"))
    other = cast.tablet.sign(cast.tablet.delivery(text="other"))
    cast.console.statuses(cast.console.revocation(cast.tablet, 1, name(first)))
    assert cast.tablet.statuses(other) == ["rejected"]
    assert cast.tablet.statuses(first) == ["accepted"]


def test_of_several_revocations_the_one_that_leaves_least_counts(cast: Cast):
    first, second = cast.tablet.next(), cast.tablet.next()
    stricter = cast.console.revocation(cast.tablet, 1, name(first))
    laxer = cast.console.revocation(cast.tablet, 2, name(second))
    assert cast.console.statuses(stricter, laxer) == ["accepted", "accepted"]
    assert cast.tablet.statuses(first, second) == ["accepted", "rejected"]


def test_a_certificate_by_another_key_is_refused(cast: Cast):
    forged = Tablet(cast.server, 7).certificate(type(cast.keys)(issuing=key("somebody else")))
    [result] = cast.console.entries(forged)
    assert result["problem"]["code"] == "signer.unknown"
    assert stored(cast)["keys"] == 1


def test_a_tablet_cannot_hand_in_certificates(cast: Cast):
    [result] = cast.tablet.entries(Tablet(cast.server, 7).certificate(cast.keys))
    assert result["problem"]["code"] == "request.forbidden"


def test_one_key_cannot_come_to_belong_to_two_devices(cast: Cast):
    thief = Tablet(cast.server, 8)
    thief.key = cast.tablet.key
    [result] = cast.console.entries(thief.certificate(cast.keys))
    assert result["problem"]["code"] == "certificate.invalid"
    assert stored(cast)["keys"] == 1


def test_a_key_of_the_office_cannot_come_to_belong_to_a_device(cast: Cast):
    insider = Tablet(cast.server, 8)
    insider.key = cast.keys.feed
    [result] = cast.console.entries(insider.certificate(cast.keys))
    assert result["problem"]["code"] == "certificate.invalid"


def test_an_inspectors_key_is_in_the_log_and_asks_nothing(cast: Cast):
    signing = key("inspector")
    certificate = Certificate(
        tenant=cast.server.office.tenant,
        kind=HolderKind.INSPECTOR,
        id="00000000-0000-4000-8000-000000000001",
        key=signing.public,
        details_sha256="ab" * 32,
        issued_ms=1,
    )
    assert cast.console.statuses(issue_certificate(certificate, cast.keys.issuing)) == ["accepted"]
    impostor = Tablet(cast.server, 9)
    impostor.key = signing
    assert impostor.post(protocol.HAVE, {"last_seq": 0, "hashes": []}).code == "signer.unknown"


def test_a_certificate_and_the_devices_first_entries_may_come_together(cast: Cast):
    newcomer = Tablet(cast.server, 5)
    first, second = newcomer.next(), newcomer.next()
    assert cast.console.statuses(second, newcomer.certificate(cast.keys), first) == ["accepted"] * 3


def test_too_many_or_too_long_entries_are_told_so(cast: Cast):
    envelope = b64(cast.tablet.next())
    many = cast.tablet.post(protocol.ENTRIES, {"entries": [envelope] * 51})
    assert (many.status, many.code) == (400, "message.malformed")
    long = [b64(cast.tablet.next(body=sealed("x", 200_000))) for _ in range(5)]
    assert cast.tablet.post(protocol.ENTRIES, {"entries": long}).status == 413


@given(data=st.data())
@settings(max_examples=60)
def test_a_chain_takes_each_number_once_in_whatever_order_they_come(data: st.DataObject):
    tablet = Tablet.__new__(Tablet)
    tablet.id, tablet.key, tablet.seq, tablet.prev, tablet.record = "d", key("d"), 0, "0" * 64, "r"
    made = []
    for _ in range(data.draw(st.integers(1, 6))):
        delivery = tablet.delivery()
        made.append((delivery, name(tablet.next())))
    declared = {delivery.seq: digest for delivery, digest in made}
    chain, taken = Chain("d"), []
    for delivery, digest in data.draw(st.lists(st.sampled_from(made), max_size=14)):
        if chain.holds(delivery, digest):
            continue
        named = declared if data.draw(st.booleans()) else {}
        try:
            chain.check(delivery, digest, named)
        except (EntryGapError, EntryForkError, ChainBrokenError) as error:
            assert isinstance(error, EntryGapError) and not named
            continue
        chain.take(delivery, digest, named)
        taken.append(delivery.seq)
    assert len(set(taken)) == len(taken)
    assert chain.top == max(taken, default=0)
    assert set(chain.held) | set(chain.aside) == set(range(1, chain.top + 1))
