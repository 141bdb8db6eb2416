"""Registrations and replies at the server: opaque, versioned, limited; each refusal with its own answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.domain.access import locator, reply_code
from inspector.errors import ReplyClosedError, error_class
from inspector.server.blobs import BlobStore
from inspector.server.limits import Limits, Rate
from inspector.server.office import Storage
from inspector.server.pages import POLICY
from inspector.server.replies import HandedIn, Replies
from inspector.sync import notice_messages as wire
from inspector.trust.radix import base64_bytes, base64_url_text
from inspector.trust.registration import (
    BOX_BYTES,
    SALT_BYTES,
    WRAPPED_BYTES,
    CodeKeys,
    code_keys,
    proof_sha256,
)
from inspector.trust.strict_json import canonical
from inspector.work.reply import MAX_BYTES
from tests.server.cast import Answer, Cast, b64, sealed

PUBLIC_ID = "0123456789abcdef" * 2
CODE, OTHER_CODE = reply_code(b"\x11" * 9), reply_code(b"\x12" * 9)
KEYS, OTHER = code_keys(CODE, PUBLIC_ID), code_keys(OTHER_CODE, PUBLIC_ID)
SALT = b"\x07" * SALT_BYTES
REPLY_ID = "ab" * 16
ROOT = Path(__file__).parents[2]


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path / "office")
    yield made
    made.close()


def registration(version: int = 1, **changes: object) -> dict[str, object]:
    return {
        "version": version,
        "box": b64(bytes([version]) * BOX_BYTES),
        "wrapped": b64(b"\x02" * WRAPPED_BYTES),
        "salt": b64(SALT),
        "proof_sha256": proof_sha256(SALT, KEYS.proof),
        "takes_replies": True,
        **changes,
    }


def register(cast: Cast, value: object = None, public_id: str = PUBLIC_ID) -> Answer:
    return cast.console.ask("PUT", wire.notice_path(public_id), canonical(value or registration()))


def look(cast: Cast, name: str = PUBLIC_ID) -> Answer:
    return cast.server.send("GET", wire.notice_path(name))


def unlock(cast: Cast, keys: CodeKeys = KEYS, name: str = PUBLIC_ID) -> Answer:
    return cast.server.send("POST", wire.notice_path(name, "open"), canonical({"proof": b64(keys.proof)}))


def send(
    cast: Cast, body: bytes, *, keys: CodeKeys = KEYS, reply: str = REPLY_ID, name: str = PUBLIC_ID
) -> Answer:
    headers = {wire.REPLY_HEADER: reply, wire.PROOF_HEADER: base64_url_text(keys.proof)}
    return cast.server.send("POST", wire.notice_path(name, "replies"), body, headers)


def test_what_the_console_registers_anybody_can_fetch_and_nobody_can_change(cast):
    assert register(cast).status == 200
    found = look(cast).json
    assert base64_bytes(found["box"]) == b"\x01" * BOX_BYTES
    assert set(found) == {"version", "box"}
    body = canonical(registration(2))
    assert cast.server.send("PUT", wire.notice_path(PUBLIC_ID), body).code == "request.statement"
    assert cast.tablet.ask("PUT", wire.notice_path(PUBLIC_ID), body).code == "request.forbidden"
    assert look(cast).json == found


def test_versions_only_grow(cast):
    register(cast, registration(2))
    assert register(cast, registration(2)).status == 200  # the same again
    assert register(cast, registration(1)).code == "notice.version"
    assert register(cast, registration(2, box=b64(b"\x09" * BOX_BYTES))).json["details"] == {"version": 2}
    assert register(cast, registration(3)).status == 200
    assert look(cast).json["version"] == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"box": b64(b"\x01" * (BOX_BYTES - 1))},
        {"salt": b64(b"")},
        {"wrapped": b64(b"\x01")},
        {"version": 0},
        {"proof_sha256": "x"},
        {"takes_replies": 1},
        {"name": "样例"},
    ],
)
def test_a_registration_of_another_shape_is_refused(cast, changes):
    assert register(cast, {**registration(), **changes}).code == "message.malformed"
    assert look(cast).code == "notice.unregistered"


@pytest.mark.parametrize("name", ["", "x", "0" * 32, "样例", "0" * 5000, "00000000"])
def test_a_notice_that_is_not_registered_says_so(cast, name):
    register(cast)
    assert look(cast, name or "0").code in {"notice.unregistered", "request.unknown"}


def test_the_code_opens_what_it_belongs_to_by_id_and_by_locator(cast):
    register(cast)
    for name in (PUBLIC_ID, locator(PUBLIC_ID), locator(PUBLIC_ID).lower()):
        opened = unlock(cast, name=name).json
        assert opened["public_id"] == PUBLIC_ID
        assert base64_bytes(opened["wrapped"]) == b"\x02" * WRAPPED_BYTES
    assert unlock(cast, OTHER).code == "reply.code-wrong"
    assert unlock(cast, CodeKeys(proof=b"", wrapping=b"")).code == "reply.code-wrong"
    assert "reply.code-wrong" in cast.server.codes()


def test_two_notices_of_one_locator_are_told_apart_by_their_codes(cast):
    twin = PUBLIC_ID[:10] + "f" * 22
    register(cast)
    register(cast, registration(proof_sha256=proof_sha256(SALT, OTHER.proof)), public_id=twin)
    assert unlock(cast, KEYS, locator(PUBLIC_ID)).json["public_id"] == PUBLIC_ID
    assert unlock(cast, OTHER, locator(PUBLIC_ID)).json["public_id"] == twin


def test_a_reply_is_kept_once_and_handed_to_the_console_alone(cast):
    register(cast)
    body = sealed("reply", 5000)
    first = send(cast, body)
    assert first.json["sha256"] == sha256(body).hexdigest()
    assert first.json["ordinal"] == 1
    assert send(cast, body).json == first.json
    assert send(cast, body, reply="cd" * 16, name=locator(PUBLIC_ID)).json["ordinal"] == 2
    assert send(cast, sealed("other")).code == "reply.changed"
    listed = cast.console.ask("GET", wire.replies_path(0, 100)).json["replies"]
    assert [one["number"] for one in listed] == [1, 2]
    assert cast.console.ask("GET", wire.reply_path(1)).body == body
    assert cast.console.ask("GET", wire.reply_path(3)).code == "request.unknown"
    for path in (wire.replies_path(0, 100), wire.reply_path(1)):
        assert cast.server.send("GET", path).code == "request.statement"
        assert cast.tablet.ask("GET", path).code == "request.forbidden"


def test_a_replys_id_says_nothing_about_another_notice(cast):
    """Whoever has a paper of his own could otherwise ask with another's reply, or keep it out."""
    theirs = "f" * 32
    keys = code_keys(OTHER_CODE, theirs)
    register(cast)
    register(cast, registration(proof_sha256=proof_sha256(SALT, keys.proof)), public_id=theirs)
    body = sealed("reply")
    first = send(cast, body).json
    second = send(cast, body, keys=keys, name=theirs)
    assert (second.json["public_id"], second.json["ordinal"]) == (theirs, 1)
    assert send(cast, sealed("other"), keys=keys, name=theirs).code == "reply.changed"
    assert send(cast, body).json == first
    assert send(cast, body, keys=keys).code == "reply.code-wrong"
    assert send(cast, body, name=theirs).code == "reply.code-wrong"


class Meanwhile:
    """A store of blobs under which something else happens once while a reply is written."""

    def __init__(self, inner: BlobStore, act: Callable[[], object]) -> None:
        self._inner, self._act = inner, act

    def put(self, tenant: str, kind: str, stem: str, content: bytes) -> str:
        name = self._inner.put(tenant, kind, stem, content)
        self._act()
        return name

    def remove(self, names: Iterable[str]) -> None:
        self._inner.remove(names)


def test_a_notice_that_is_closed_while_its_reply_is_written_takes_none_and_keeps_nothing(cast):
    register(cast)
    office = cast.server.office
    closing = Meanwhile(office.blobs, lambda: register(cast, registration(2, takes_replies=False)))
    replies = Replies(office.archive, closing, office.registrations, quota_bytes=1 << 20)
    handed = HandedIn(name=PUBLIC_ID, reply=REPLY_ID, proof=KEYS.proof, content=sealed("late"))
    with pytest.raises(ReplyClosedError):
        replies.take(handed, cast.clock.now_ms)
    assert not office.replies.page(0, 100).replies
    assert not [path for path in cast.folder.rglob("*") if "replies" in path.parts and path.is_file()]


def test_what_is_no_reply_leaves_nothing(cast):
    register(cast)
    assert send(cast, sealed("x"), keys=OTHER).code == "reply.code-wrong"
    assert send(cast, b"in the clear").code == "entry.unsealed"
    assert send(cast, sealed("x"), reply="nonsense").code == "message.malformed"
    assert send(cast, sealed("x"), name="0" * 32).code == "notice.unregistered"
    headers = {wire.REPLY_HEADER: REPLY_ID, wire.PROOF_HEADER: "AAAA"}
    path = wire.notice_path(PUBLIC_ID, "replies")
    assert cast.server.send("POST", path, sealed("x"), headers).code == "message.malformed"
    assert cast.console.ask("GET", wire.replies_path(0, 100)).json["replies"] == []
    assert not [path for path in cast.folder.rglob("*") if "replies" in path.parts and path.is_file()]


def test_a_reply_that_is_too_large_is_told_so_before_it_is_read(cast):
    register(cast)
    answer = send(cast, sealed("x", MAX_BYTES + 1))
    assert (answer.status, answer.code) == (413, "reply.too-large")
    assert answer.json["details"] == {"limit_mb": 8}


def test_a_closed_notice_takes_no_reply_but_repeats_its_receipts(cast):
    register(cast)
    body = sealed("reply")
    first = send(cast, body)
    register(cast, registration(2, takes_replies=False))
    assert send(cast, sealed("late"), reply="cd" * 16).code == "reply.closed"
    assert send(cast, body).json == first.json


def test_tries_are_counted_for_each_notice_and_for_each_address(tmp_path):
    narrow = Rate(burst=3, per_minute=60)
    wide = Rate(burst=1000, per_minute=60)
    for limits in (
        Limits(reply_notice=narrow, reply_address=wide),
        Limits(reply_notice=wide, reply_address=narrow),
    ):
        cast = Cast(tmp_path / str(limits.reply_notice.burst), limits=limits)
        register(cast)
        names = (PUBLIC_ID, locator(PUBLIC_ID), locator(PUBLIC_ID).lower())
        assert {unlock(cast, OTHER, name).code for name in names} == {"reply.code-wrong"}
        late = unlock(cast)
        assert (late.status, late.code) == (429, "reply.too-often")
        assert late.headers["retry-after"] == "1"
        assert send(cast, sealed("x")).code == "reply.too-often"
        cast.clock.now_ms += 1000
        assert unlock(cast).status == 200
        cast.close()


def test_a_full_server_says_so_and_keeps_what_it_has(tmp_path):
    cast = Cast(tmp_path / "office", storage=Storage(replies_bytes=1000))
    register(cast)
    assert send(cast, sealed("one", 600)).status == 200
    full = send(cast, sealed("two", 600), reply="cd" * 16)
    assert (full.status, full.code) == (507, "reply.server-full")
    assert send(cast, sealed("one", 600)).status == 200
    cast.close()


def test_a_notice_takes_fifty_replies(cast):
    register(cast)
    for n in range(50):
        cast.clock.now_ms += 60_000
        assert send(cast, sealed(str(n)), reply=f"{n:032x}").status == 200
    cast.clock.now_ms += 60_000
    assert send(cast, sealed("one too many"), reply="cd" * 16).code == "reply.notice-full"


def test_a_device_key_is_shown_with_its_certificate(cast):
    shown = cast.server.send("GET", f"{wire.DEVICE_KEYS}/{cast.tablet.key.key_id}").json
    assert base64_bytes(shown["certificate"]) == cast.tablet.certificate(cast.keys)
    assert cast.server.send("GET", f"{wire.DEVICE_KEYS}/{'0' * 32}").code == "request.unknown"
    assert cast.server.send("GET", f"{wire.DEVICE_KEYS}/x").code == "request.unknown"


def test_every_refusal_of_a_reply_has_a_sentence_and_a_next_step():
    for code in ("code-wrong", "closed", "too-large", "changed", "notice-full", "server-full", "too-often"):
        error = error_class(f"reply.{code}")
        assert error is not None
        assert error.says
        assert error.hint


# --- Pages ---


@pytest.mark.parametrize("path", [f"/n/{PUBLIC_ID}", f"/r/{locator(PUBLIC_ID)}", "/public/page.js"])
def test_a_page_is_the_same_for_every_notice_and_lets_nothing_in(cast, path):
    answer = cast.server.send("GET", path)
    assert answer.status == 200
    assert answer.headers["content-security-policy"] == POLICY
    assert {part.strip() for part in POLICY.split(";")} == {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    }
    assert "set-cookie" not in answer.headers
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["permissions-policy"] == "camera=(), geolocation=(), microphone=()"
    assert answer.headers["cache-control"] == "no-cache", "an old script must not go on checking"
    assert cast.server.send("GET", path.replace("0", "7")).body == answer.body or "public" in path


def test_a_browser_gets_the_page_where_no_program_asks_anything(cast):
    html = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
    page = cast.server.send("GET", f"/n/{PUBLIC_ID}").body
    for path in ("/", "/r", "/r/", "/n/", "/r/20000000/x", "/docs"):
        answer = cast.server.send("GET", path, headers=html)
        assert (answer.status, answer.body) == (404, page), path
        assert answer.headers["content-security-policy"] == POLICY
        assert cast.server.send("GET", path).code == "request.unknown"
    for path in (f"/n/{PUBLIC_ID}/", f"/N/{PUBLIC_ID.upper()}", "/R/20000000", "/r/20000000/"):
        answer = cast.server.send("GET", path, headers=html)
        assert (answer.status, answer.body) == (200, page), path
    for method, path in (("GET", "/api/"), ("GET", "/api/v1/nothing"), ("POST", "/")):
        answer = cast.server.send(method, path, headers=html)
        assert (answer.status, answer.code) == (404, "request.unknown"), path


@pytest.mark.parametrize("name", ["nothing.js", "..", "page.html/..", "LICENSES", "../pages.py", "%2e%2e"])
def test_nothing_but_the_pages_own_files_is_served(cast, name):
    assert cast.server.send("GET", f"/public/{name}").status == 404


def test_the_bundles_are_those_that_the_recipe_makes():
    recipe = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    folder = ROOT / "inspector" / "server" / "public"
    for name in ("age.js", "ed25519.js"):
        digest = sha256((folder / name).read_bytes()).hexdigest()
        assert re.search(rf"`{re.escape(name)}`\s+{digest}", recipe), name
    licences = (folder / "LICENSES.txt").read_text("utf-8")
    for package in ("age-encryption", "@noble/ed25519", "@scure/base"):
        assert package in licences
