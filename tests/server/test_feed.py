"""The feed and the letter boxes: in the console's order, nobody else's, once."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.domain.delivery import FEED_TYPE, NO_PREVIOUS, FeedMessage
from inspector.server.enrolments import MAX_LIFETIME_MS
from inspector.server.feed import fitting
from inspector.server.sweep import sweep
from inspector.sync import protocol
from inspector.trust import dsse
from inspector.trust.strict_json import canonical
from tests.server.cast import NOON, TENANT, Answer, Cast, Tablet, b64, key, name, sealed


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path / "office")
    yield made
    made.close()


def post(cast: Cast, *messages: bytes, device: str | None = None) -> Answer:
    payload = {"device": device or cast.tablet.id, "messages": [b64(message) for message in messages]}
    return cast.console.post(protocol.FEED, payload)


def read(tablet: Tablet, after: int = 0, limit: int = 100) -> tuple[list[bytes], bool]:
    answer = tablet.ask("GET", protocol.feed_path(after, limit)).json
    return [b64decode(message) for message in answer["messages"]], answer["more"]


def chain(cast: Cast, count: int) -> list[bytes]:
    made: list[bytes] = []
    for n in range(1, count + 1):
        made.append(cast.console.message(cast.tablet, n, name(made[-1]) if made else NO_PREVIOUS, str(n)))
    return made


def test_a_tablet_reads_its_messages_in_the_consoles_order(cast: Cast):
    messages = chain(cast, 5)
    assert post(cast, *messages[:2]).json == {"head": 2, "sha256": name(messages[1])}
    assert post(cast, *messages[2:]).json == {"head": 5, "sha256": name(messages[4])}
    assert read(cast.tablet) == (messages, False)
    assert read(cast.tablet, 1, 2) == (messages[1:3], True)
    assert read(cast.tablet, 5) == ([], False)


def test_the_console_may_ask_where_a_feed_stands(cast: Cast):
    assert post(cast).json == {"head": 0, "sha256": NO_PREVIOUS}


def test_messages_that_had_arrived_may_be_handed_in_again(cast: Cast):
    messages = chain(cast, 3)
    post(cast, *messages[:2])
    assert post(cast, *messages).json["head"] == 3
    assert read(cast.tablet)[0] == messages


def test_a_message_that_does_not_follow_is_refused_with_all_of_its_batch(cast: Cast):
    messages = chain(cast, 4)
    post(cast, messages[0])
    other = cast.console.message(cast.tablet, 1, NO_PREVIOUS, "another first")
    unchained = cast.console.message(cast.tablet, 2, "ab" * 32)
    for wrong in ((messages[2],), (messages[1], messages[3]), (other,), (unchained,)):
        answer = post(cast, *wrong)
        assert (answer.status, answer.code, answer.json["details"]) == (
            409,
            "feed.conflict",
            {"n": answer.json["details"]["n"]},
        )
    assert read(cast.tablet) == (messages[:1], False)
    assert cast.server.codes() == ["feed.conflict"] * 4


def test_a_message_by_any_other_key_is_refused(cast: Cast):
    for signing in (cast.keys.issuing, cast.tablet.key, key("nobody")):
        forged = cast.console.message(cast.tablet, 1, NO_PREVIOUS, signing=signing)
        answer = post(cast, forged)
        assert (answer.status, answer.code) == (422, "feed.forged")
    assert read(cast.tablet) == ([], False)


def test_a_message_for_somebody_else_is_refused(cast: Cast):
    other = cast.another()
    assert post(cast, cast.console.message(other, 1, NO_PREVIOUS)).code == "feed.forged"
    elsewhere = FeedMessage(
        tenant="elsewhere",
        device=cast.tablet.id,
        n=1,
        prev=NO_PREVIOUS,
        at_ms=NOON,
        kind="hello",
        body=sealed("x"),
    )
    envelope = dsse.sign(canonical(elsewhere.to_payload()), FEED_TYPE, [cast.keys.feed])
    assert post(cast, envelope).code == "feed.forged"


def test_a_message_in_the_clear_is_refused(cast: Cast):
    plain = FeedMessage(
        tenant=TENANT,
        device=cast.tablet.id,
        n=1,
        prev=NO_PREVIOUS,
        at_ms=NOON,
        kind="hello",
        body=b'{"note":"x"}',
    )
    envelope = dsse.sign(canonical(plain.to_payload()), FEED_TYPE, [cast.keys.feed])
    assert post(cast, envelope).code == "entry.unsealed"


def test_nobody_leaves_messages_for_a_device_that_is_not_known(cast: Cast):
    stranger = Tablet(cast.server, 77)
    answer = post(cast, cast.console.message(stranger, 1, NO_PREVIOUS), device=stranger.id)
    assert (answer.status, answer.code) == (404, "request.unknown")


def test_a_tablet_reads_nobody_elses_messages(cast: Cast):
    post(cast, *chain(cast, 2))
    assert read(cast.another()) == ([], False)


def test_a_page_ends_before_it_grows_too_long_but_never_before_its_first_message():
    assert fitting([b"12345", b"678", b"9"], 8) == [b"12345", b"678"]
    assert fitting([b"12345"], 1) == [b"12345"]
    assert fitting([], 1) == []


BOX = "a1b2c3"


def open_box(cast: Cast, lasts_ms: int = 60_000, box: str = BOX) -> Answer:
    payload = {"id": box, "offer": b64(b"offer"), "expires_ms": cast.clock.now_ms + lasts_ms}
    return cast.console.post(protocol.ENROLMENTS, payload)


def take(cast: Cast, part: str, box: str = BOX) -> Answer:
    asker = cast.console if part == "request" else None
    path = protocol.enrolment_path(box, part)
    return asker.ask("GET", path) if asker else cast.server.send("GET", path)


def put_request(cast: Cast, content: bytes = b"request") -> Answer:
    body = canonical({"request": b64(content)})
    return cast.server.send("PUT", protocol.enrolment_path(BOX, "request"), body)


def put_response(cast: Cast, content: bytes = b"response") -> Answer:
    body = canonical({"response": b64(content)})
    return cast.console.ask("PUT", protocol.enrolment_path(BOX, "response"), body)


def test_three_letters_go_through_the_box_and_each_once(cast: Cast):
    assert open_box(cast).status == 201
    assert take(cast, "offer").json == {"offer": b64(b"offer")}
    assert take(cast, "request").json == {"request": None}
    assert put_request(cast).status == 200
    assert take(cast, "request").json == {"request": b64(b"request")}
    assert take(cast, "response").json == {"response": None}
    assert put_response(cast).status == 200
    assert take(cast, "response").json == {"response": b64(b"response")}


def test_an_answered_offer_is_spent_and_a_second_answer_refused(cast: Cast):
    open_box(cast)
    put_request(cast)
    assert put_request(cast).status == 200
    for answer in (take(cast, "offer"), put_request(cast, b"another")):
        assert (answer.status, answer.code) == (410, "enrolment.spent")
    put_response(cast)
    assert put_response(cast, b"another").code == "enrolment.spent"
    assert take(cast, "request").json == {"request": b64(b"request")}
    assert cast.server.codes() == ["enrolment.spent"] * 3


def test_a_box_closes_after_its_time(cast: Cast):
    open_box(cast, 1000)
    cast.clock.now_ms += 1000
    for answer in (take(cast, "offer"), put_request(cast), take(cast, "response"), put_response(cast)):
        assert (answer.status, answer.code) == (410, "enrolment.spent")
    assert open_box(cast, 0, "late").code == "enrolment.spent"


def test_no_box_stays_open_longer_than_a_quarter_of_an_hour(cast: Cast):
    open_box(cast, 10 * MAX_LIFETIME_MS)
    cast.clock.now_ms += MAX_LIFETIME_MS
    assert take(cast, "offer").status == 410


def test_a_box_that_is_withdrawn_or_was_never_there_is_unknown(cast: Cast):
    open_box(cast)
    assert cast.console.ask("DELETE", protocol.enrolment_path(BOX)).status == 200
    for answer in (take(cast, "offer"), put_request(cast), put_response(cast)):
        assert (answer.status, answer.code) == (404, "enrolment.unknown")


def test_an_id_is_not_used_twice(cast: Cast):
    open_box(cast)
    assert open_box(cast).code == "enrolment.spent"


def test_a_letter_too_long_is_refused(cast: Cast):
    open_box(cast)
    assert put_request(cast, b"x" * (protocol.MAX_ENROLMENT_BYTES + 1)).status == 413
    assert put_request(cast, b"x" * (4 * protocol.MAX_ENROLMENT_BYTES)).status == 413
    assert put_response(cast, b"x" * (protocol.MAX_ENROLMENT_BYTES + 1)).status == 413


@pytest.mark.parametrize("body", [b"", b"[]", b'{"request":1}', b'{"request":"%%"}', b'{"request":"","x":1}'])
def test_a_malformed_letter_is_refused(cast: Cast, body: bytes):
    open_box(cast)
    assert cast.server.send("PUT", protocol.enrolment_path(BOX, "request"), body).code == "message.malformed"


def test_closed_boxes_are_swept_after_a_day(cast: Cast):
    open_box(cast)
    sweep(cast.server.office, cast.clock.now_ms + 23 * 3_600_000)
    cast.clock.now_ms += 60_000
    assert take(cast, "offer").status == 410
    sweep(cast.server.office, cast.clock.now_ms + 25 * 3_600_000)
    assert take(cast, "offer").status == 404


def test_messages_written_under_former_feed_keys_are_taken_again_and_a_strangers_are_not(cast: Cast):
    messages = chain(cast, 3)
    for version, feed in ((2, key("second feed")), (3, key("third feed"))):
        cast.server.office.adopt(cast.keys.statement(cast.log, version=version, feed=feed.public))
        cast.console.key = feed
    assert post(cast, *messages).json["head"] == 3
    newest = cast.console.message(cast.tablet, 4, name(messages[2]), signing=key("third feed"))
    assert post(cast, newest).json["head"] == 4
    strange = cast.console.message(cast.tablet, 5, name(newest), signing=key("a stranger"))
    assert post(cast, strange).code == "feed.forged"
    assert read(cast.tablet)[0] == [*messages, newest]
