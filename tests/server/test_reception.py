"""The door: each way a request can be wrong has its code, stores nothing and leaves its audit line."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inspector.errors import RequestTooOftenError, error_classes
from inspector.server.limits import Buckets, Limits, Rate
from inspector.server.problems import status_of
from inspector.sync import protocol
from inspector.sync.opened import opened
from inspector.sync.packing import packed
from inspector.sync.protocol import RequestStatement
from inspector.trust import dsse
from inspector.trust.radix import base64_url_text
from inspector.trust.strict_json import canonical
from tests.server.cast import Answer, Asker, Cast, Console, b64, key, name

BODY = canonical({"last_seq": 0, "hashes": []})


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path / "office")
    yield made
    made.close()


def have(cast: Cast, authorization: str) -> Answer:
    return cast.server.send(
        "POST", protocol.HAVE, BODY, {"Authorization": authorization} if authorization else {}
    )


def raw(envelope: bytes) -> str:
    return f"{protocol.SCHEME} {base64_url_text(envelope)}"


def statement(cast: Cast, **changes: str) -> RequestStatement:
    values = {
        "nonce": cast.server.nonce(),
        "audience": cast.server.office.audience,
        "method": "POST",
        "path": protocol.HAVE,
        "sha256": name(BODY),
    }
    return RequestStatement(**(values | changes))


WRONG: dict[str, tuple[int, str, Callable[[Cast], str]]] = {
    "no statement": (401, "request.statement", lambda cast: ""),
    "another scheme": (401, "request.statement", lambda cast: "Bearer abc"),
    "not base64": (400, "message.malformed", lambda cast: "Inspector ***"),
    "not an envelope": (400, "message.malformed", lambda cast: raw(b"{}")),
    "a statement of endless length": (401, "request.statement", lambda cast: raw(b"x" * 5000)),
    "an unknown key": (
        401, "signer.unknown", lambda cast: protocol.authorization(statement(cast), key("nobody")),
    ),
    "a signature by another key under a known id": (
        401, "signature.invalid",
        lambda cast: raw(_resigned(cast)),
    ),
    "two signatures": (
        401, "request.statement",
        lambda cast: raw(dsse.sign(canonical(statement(cast).to_payload()), protocol.REQUEST_TYPE,
                                   [cast.tablet.key, key("nobody")])),
    ),
    "another payload type": (
        401, "signature.payload-type",
        lambda cast: raw(dsse.sign(canonical(statement(cast).to_payload()), "text/plain", [cast.tablet.key])),
    ),
    "an unknown field": (
        400, "message.malformed",
        lambda cast: raw(dsse.sign(canonical(statement(cast).to_payload() | {"x": 1}), protocol.REQUEST_TYPE,
                                   [cast.tablet.key])),
    ),
    "another audience": (401, "request.statement", lambda cast: _signed(cast, audience="elsewhere")),
    "another method": (401, "request.statement", lambda cast: _signed(cast, method="PUT")),
    "another path": (401, "request.statement", lambda cast: _signed(cast, path=protocol.ENTRIES)),
    "another query": (401, "request.statement", lambda cast: _signed(cast, path=protocol.HAVE + "?x=1")),
    "another body": (401, "request.statement", lambda cast: _signed(cast, sha256="ab" * 32)),
    "a nonce of nobody": (401, "request.nonce", lambda cast: _signed(cast, nonce="00" * 30)),
    "an empty nonce": (401, "request.nonce", lambda cast: _signed(cast, nonce="")),
    "a nonce in Chinese": (401, "request.nonce", lambda cast: _signed(cast, nonce="一" * 60)),
}  # fmt: skip


def _signed(cast: Cast, **changes: str) -> str:
    return protocol.authorization(statement(cast, **changes), cast.tablet.key)


def _resigned(cast: Cast) -> bytes:
    payload = canonical(statement(cast).to_payload())
    envelope = json.loads(dsse.sign(payload, protocol.REQUEST_TYPE, [key("nobody")]))
    envelope["signatures"][0]["keyid"] = cast.tablet.key.key_id
    return canonical(envelope)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_statement_gets_its_code_and_leaves_only_an_audit_line(cast: Cast, wrong: str):
    status, code, make = WRONG[wrong]
    before = cast.server.rows()
    answer = have(cast, make(cast))
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["inspector-nonce"]
    assert cast.server.rows() == before
    [line] = cast.server.office.audit.lines()
    assert (line.code, line.call) == (code, f"POST {protocol.HAVE}")


def test_a_request_cannot_be_replayed(cast: Cast):
    authorization = _signed(cast)
    assert have(cast, authorization).status == 200
    again = have(cast, authorization)
    assert (again.status, again.code) == (401, "request.nonce")
    assert cast.server.codes() == ["request.nonce"]


def test_a_request_cannot_be_replayed_at_another_process_nor_after_a_restart(cast: Cast):
    authorization = _signed(cast)
    assert have(cast, authorization).status == 200
    second = cast.start()
    replayed = second.send("POST", protocol.HAVE, BODY, {"Authorization": authorization})
    assert (replayed.status, replayed.code) == (401, "request.nonce")
    second.close()
    cast.restart()
    assert have(cast, authorization).code == "request.nonce"


def test_a_nonce_is_good_for_five_minutes_of_the_servers_clock(cast: Cast):
    early, late = _signed(cast), _signed(cast)
    cast.clock.now_ms += protocol.NONCE_LIFETIME_MS - 1
    assert have(cast, early).status == 200
    cast.clock.now_ms += 1
    assert have(cast, late).code == "request.nonce"


def test_a_nonce_from_the_future_is_refused(cast: Cast):
    authorization = _signed(cast)
    cast.clock.now_ms -= 1
    assert have(cast, authorization).code == "request.nonce"


def test_a_fresh_nonce_comes_with_every_answer_and_can_be_used(cast: Cast):
    nonce = have(cast, "").headers["inspector-nonce"]
    assert have(cast, _signed(cast, nonce=nonce)).status == 200


def test_the_nonce_of_another_server_is_worth_nothing(cast: Cast, tmp_path: Path):
    elsewhere = Cast(tmp_path / "other")
    assert have(cast, _signed(cast, nonce=elsewhere.server.nonce())).code == "request.nonce"
    elsewhere.close()


def test_a_used_nonce_is_forgotten_only_when_it_has_expired(cast: Cast):
    authorization = _signed(cast)
    have(cast, authorization)
    cast.clock.now_ms += protocol.NONCE_LIFETIME_MS - 1
    cast.server.office.nonces.sweep(cast.clock.now_ms)
    assert have(cast, authorization).code == "request.nonce"


CONSOLE_ONLY = [
    ("GET", protocol.log_entries_path(0, 10)), ("GET", f"{protocol.LOG_ASIDE}?after=0"),
    ("POST", protocol.LOG_REFILL), ("POST", protocol.FEED), ("GET", protocol.blob_path("ab" * 32)),
    ("POST", protocol.ENROLMENTS), ("GET", protocol.enrolment_path("x", "request")),
    ("PUT", protocol.enrolment_path("x", "response")), ("DELETE", protocol.enrolment_path("x")),
]  # fmt: skip
DEVICE_ONLY = [("POST", protocol.HAVE), ("POST", protocol.RECEIPTS), ("GET", protocol.feed_path(0, 10))]


@pytest.mark.parametrize(("method", "path"), CONSOLE_ONLY)
def test_a_tablet_may_not_do_what_is_the_consoles(cast: Cast, method: str, path: str):
    answer = cast.tablet.ask(method, path)
    assert (answer.status, answer.code) == (403, "request.forbidden")
    assert cast.server.codes() == ["request.forbidden"]


@pytest.mark.parametrize(("method", "path"), DEVICE_ONLY)
def test_the_console_may_not_do_what_is_a_tablets(cast: Cast, method: str, path: str):
    answer = cast.console.ask(method, path)
    assert (answer.status, answer.code) == (403, "request.forbidden")


@pytest.mark.parametrize(("method", "path"), CONSOLE_ONLY + DEVICE_ONLY)
def test_a_stranger_may_do_neither(cast: Cast, method: str, path: str):
    answer = Asker(cast.server, key("nobody")).ask(method, path)
    assert (answer.status, answer.code) == (401, "signer.unknown")


def test_the_issuing_key_does_not_ask(cast: Cast):
    assert (
        Asker(cast.server, cast.keys.issuing).ask("GET", protocol.log_entries_path(0, 1)).code
        == "signer.unknown"
    )


@pytest.mark.parametrize("body", [
    b"", b"[]", b"{", b'{"last_seq":0}', b'{"last_seq":0,"hashes":[],"x":1}', b'{"last_seq":0.5,"hashes":[]}',
    b'{"last_seq":0,"last_seq":0,"hashes":[]}', b'{"last_seq":0,"hashes":["AB"]}', b'\xff', b'<html></html>',
    b'{"last_seq":99999999999999999999,"hashes":[]}', b"[" * 100_000,
])  # fmt: skip
def test_foreign_json_is_refused(cast: Cast, body: bytes):
    answer = cast.tablet.ask("POST", protocol.HAVE, body)
    assert (answer.status, answer.code) == (400, "message.malformed")


def test_a_body_too_long_is_refused_before_it_is_read(cast: Cast):
    sent = 0

    async def endless():
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b"x" * 65536

    authorization = cast.tablet.authorization("POST", protocol.HAVE, b"")
    request = cast.server._client.build_request(
        "POST", protocol.HAVE, content=endless(), headers={"Authorization": authorization}
    )
    response = cast.server._runner.run(cast.server._client.send(request))
    assert (response.status_code, response.json()["code"]) == (413, "request.too-large")
    assert sent <= protocol.MAX_BODY_BYTES // 65536 + 1


def test_a_stranger_cannot_make_the_server_read_a_body(cast: Cast):
    sent = 0

    async def endless():
        nonlocal sent
        sent += 1
        yield b"x" * 65536

    request = cast.server._client.build_request("POST", protocol.ENTRIES, content=endless())
    response = cast.server._runner.run(cast.server._client.send(request))
    assert (response.status_code, sent) == (401, 0)


def test_a_request_signed_for_another_call_is_refused_before_its_body_is_read(cast: Cast):
    sent = 0

    async def endless():
        nonlocal sent
        sent += 1
        yield b"x" * 65536

    headers = {"Authorization": cast.tablet.authorization("POST", protocol.HAVE, b"")}
    request = cast.server._client.build_request("POST", protocol.ENTRIES, content=endless(), headers=headers)
    response = cast.server._runner.run(cast.server._client.send(request))
    assert (response.status_code, response.json()["code"], sent) == (401, "request.statement", 0)


GZIPPED = {"Content-Encoding": "gzip"}


def test_a_packed_body_counts_as_what_is_in_it_and_is_signed_for_as_it_was_sent(cast: Cast):
    envelope = cast.tablet.next()
    body = packed(canonical({"entries": [opened(envelope)]}))
    answer = cast.tablet.ask("POST", protocol.ENTRIES, body, GZIPPED)
    assert answer.json["results"] == [{"sha256": name(envelope), "status": "accepted", "missing": []}]
    assert cast.console.leaves()[-1] == envelope


def test_a_packed_body_that_was_signed_for_unpacked_is_refused(cast: Cast):
    answer = cast.tablet.ask("POST", protocol.HAVE, packed(BODY), GZIPPED, sha256=name(BODY))
    assert (answer.status, answer.code) == (401, "request.statement")


def test_an_opened_envelope_whose_text_was_changed_is_not_believed(cast: Cast):
    value = opened(cast.tablet.next())
    changed = value | {"payload": value["payload"].replace('"kind":"record"', '"kind":"notice"')}
    assert changed != value
    [result] = cast.tablet.post(protocol.ENTRIES, {"entries": [changed]}).json["results"]
    assert (result["status"], result["problem"]["code"]) == ("rejected", "signature.invalid")


@pytest.mark.parametrize("path", [protocol.HAVE, protocol.ENTRIES, protocol.blob_path("ab" * 32)])
def test_a_body_that_unpacks_to_more_than_the_call_allows_is_refused(cast: Cast, path: str):
    bomb = packed(bytes(500 << 20 if path == protocol.HAVE else protocol.MAX_BODY_BYTES + 1))
    before = cast.server.rows()
    answer = cast.tablet.ask("PUT" if "blobs" in path else "POST", path, bomb, GZIPPED)
    assert (answer.status, answer.code) == (413, "request.too-large")
    assert cast.server.rows() == before
    assert cast.server.codes() == ["request.too-large"]


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(packed(BODY)[:-1], "gzip"), (packed(BODY) * 2, "gzip"), (BODY, "gzip"), (BODY, "br"), (b"", "gzip")],
)
def test_a_body_packed_in_another_way_is_refused(cast: Cast, body: bytes, encoding: str):
    answer = cast.tablet.ask("POST", protocol.HAVE, body, {"Content-Encoding": encoding})
    assert (answer.status, answer.code) == (400, "message.malformed")
    assert cast.server.codes() == ["message.malformed"]


def test_an_announced_length_too_long_is_refused_at_once(cast: Cast):
    answer = cast.tablet.ask("POST", protocol.HAVE, b"", {"Content-Length": str(10**9)})
    assert (answer.status, answer.code) == (413, "request.too-large")


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/", 404), ("GET", "/api/v1/nothing", 404), ("GET", "/docs", 404), ("GET", "/openapi.json", 404),
    ("DELETE", protocol.HELLO, 405), ("GET", protocol.HAVE, 405), ("GET", protocol.HELLO + "/", 404),
    ("GET", protocol.BLOBS + "/../../etc/passwd", 404),
])  # fmt: skip
def test_what_is_not_there_is_told_in_json_never_in_html(cast: Cast, method: str, path: str, status: int):
    answer = cast.server.send(method, path)
    assert (answer.status, answer.code) == (status, "request.unknown")
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", [
    protocol.blob_path("AB" * 32), protocol.blob_path("x"), protocol.blob_path("%2e%2e%2fkeys"),
])  # fmt: skip
def test_a_blob_is_asked_for_by_its_hash_alone(cast: Cast, path: str):
    answer = cast.console.ask("GET", path)
    assert (answer.status, answer.code) in ((400, "message.malformed"), (404, "request.unknown"))


@pytest.mark.parametrize(
    "query", ["", "?after=", "?after=-1", "?after=x", "?after=1&after=2", "?after=١", "?after=1e3"]
)
def test_a_number_in_the_query_is_a_plain_one(cast: Cast, query: str):
    from urllib.parse import quote

    path = protocol.FEED + quote(query, safe="?=&-")
    assert cast.tablet.ask("GET", path).code == "message.malformed"


def test_a_failure_of_the_server_itself_says_nothing_about_it(cast: Cast, caplog: pytest.LogCaptureFixture):
    def broken() -> int:
        raise ZeroDivisionError("the secret of the house")

    object.__setattr__(cast.server.office, "clock", _Broken(cast.clock, broken))
    answer = cast.server.send("GET", protocol.HELLO)
    assert (answer.status, answer.code) == (500, "office.failed")
    assert b"secret" not in answer.body
    assert answer.json["details"] == {}
    assert "the secret of the house" in caplog.text


class _Broken:
    """A clock that fails once, when the call itself asks, and works again for the nonce."""

    def __init__(self, clock: Callable[[], int], fail: Callable[[], int]) -> None:
        self._clock, self._fail = clock, fail

    def __call__(self) -> int:
        if self._fail is not None:
            fail, self._fail = self._fail, None
            fail()
        return self._clock()


def test_before_the_office_has_spoken_the_server_says_so(tmp_path: Path):
    cast = Cast.__new__(Cast)
    cast.folder, cast.limits, cast.storage = tmp_path / "fresh", None, None
    from inspector.server.office import create
    from tests.server.cast import Clock

    cast.clock = Clock()
    create(cast.folder, tenant="yangli")
    server = cast.start()
    answer = server.send("GET", protocol.HELLO)
    assert (answer.status, answer.code, answer.headers["inspector-nonce"] != "") == (
        503,
        "office.not-adopted",
        True,
    )
    assert Asker(server, key("x")).ask("POST", protocol.HAVE, BODY).code == "office.not-adopted"
    server.close()


def test_hello_shows_the_statement_by_which_everything_else_is_judged(cast: Cast):
    hello = cast.server.send("GET", protocol.HELLO).json
    assert hello["tenant"] == "yangli"
    assert hello["time_ms"] == cast.clock.now_ms
    assert hello["audience"] == cast.log.rsplit("+", 1)[0]
    assert hello["statement"] == b64(cast.keys.statement(cast.log))


def test_a_flood_is_slowed_down_and_told_when_to_come_back(tmp_path: Path):
    cast = Cast(tmp_path / "o", limits=Limits(device=Rate(burst=3, per_minute=60)))
    answers = [have(cast, _signed(cast)) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert (answers[3].code, answers[3].headers["retry-after"]) == ("request.too-often", "1")
    cast.clock.now_ms += 1000
    assert have(cast, _signed(cast)).status == 200
    cast.close()


def test_letter_boxes_are_slowed_down_sooner_than_the_rest(tmp_path: Path):
    cast = Cast(tmp_path / "o", limits=Limits(enrolment=Rate(burst=2, per_minute=1)))
    guesses = [cast.server.send("GET", protocol.enrolment_path(f"guess{n}", "offer")) for n in range(3)]
    assert [answer.status for answer in guesses] == [404, 404, 429]
    assert guesses[2].headers["retry-after"] == "60"
    cast.close()


def test_an_address_is_slowed_down_whoever_it_says_it_is(tmp_path: Path):
    cast = Cast(tmp_path / "o", limits=Limits(address=Rate(burst=5, per_minute=60)))
    assert cast.server.send("GET", protocol.HELLO).status == 200
    answers = [cast.server.send("GET", protocol.HELLO).status for _ in range(6)]
    assert 429 in answers
    cast.close()


def test_a_bucket_fills_again_but_never_over_its_brim():
    buckets = Buckets(Rate(burst=2, per_minute=60))
    buckets.take("a", 0)
    buckets.take("a", 0)
    with pytest.raises(RequestTooOftenError):
        buckets.take("a", 999)
    buckets.take("a", 1000)
    for _ in range(2):
        buckets.take("a", 1_000_000)
    with pytest.raises(RequestTooOftenError):
        buckets.take("a", 1_000_000)
    buckets.take("b", 0)


def test_a_clock_put_back_does_not_empty_a_bucket():
    buckets = Buckets(Rate(burst=1, per_minute=60))
    buckets.take("a", 1_000_000)
    with pytest.raises(RequestTooOftenError):
        buckets.take("a", 0)
    buckets.take("a", 1000)


def test_every_failure_of_ours_has_a_status():
    assert {status_of(kind.__new__(kind)) for kind in error_classes().values()} <= {
        400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503, 507,
    }  # fmt: skip


def test_the_access_log_names_nobody(cast: Cast, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO", logger="inspector.server.access")
    Console(cast.server, cast.keys).ask("GET", protocol.blob_path("ab" * 32))
    [line] = [record.getMessage() for record in caplog.records if "blobs" in record.getMessage()]
    assert line.startswith("GET /api/v1/blobs/{digest} 404 ")
    assert "abab" not in line
