"""A whole office for tests: its keys, a server in this process, a console and tablets that speak to it.

Time stands still unless a test moves it; every request goes through the ASGI application as from uvicorn.
"""

import asyncio
import base64
import itertools
import json
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from inspector.domain.delivery import (
    DELIVERY_TYPE,
    FEED_TYPE,
    NO_PREVIOUS,
    BlobRef,
    Delivery,
    EntryKind,
    FeedMessage,
)
from inspector.server.app import application
from inspector.server.limits import Limits
from inspector.server.office import Office, Storage, open_office
from inspector.sync import protocol
from inspector.trust import dsse
from inspector.trust.age_header import generate_identity, recipient_of
from inspector.trust.certificates import (
    Certificate,
    HolderKind,
    OfficeRecipient,
    OfficeStatement,
    RecipientRole,
    Revocation,
    RevocationReason,
    issue_certificate,
    issue_revocation,
    issue_statement,
)
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.keys import SigningKey
from inspector.trust.strict_json import canonical
from tests.new_server import new_server

TENANT = "yangli"
NOON = 1_795_000_000_000
SEALED = b"age-encryption.org/v1\n"


def key(name: str) -> SigningKey:
    return SigningKey(sha256(name.encode()).digest())


@cache
def recipient(name: str) -> str:
    return recipient_of(generate_identity())


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def name(data: bytes) -> str:
    return sha256(data).hexdigest()


def sealed(text: str, size: int = 0) -> bytes:
    """Bytes that begin as an age file does; the server looks no further."""
    body = SEALED + sha256(text.encode()).digest()
    return body + b"\x00" * max(0, size - len(body))


class Clock:
    """The server's clock, moved by tests."""

    def __init__(self, now_ms: int = NOON) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return self.json["code"]


@dataclass
class Keys:
    """What the office's root, console and log hold."""

    root: SigningKey = field(default_factory=lambda: key("root"))
    issuing: SigningKey = field(default_factory=lambda: key("issuing"))
    feed: SigningKey = field(default_factory=lambda: key("feed"))

    def statement(self, log: str, version: int = 1, tenant: str = TENANT, **changes: Any) -> bytes:
        values: dict[str, Any] = {
            "tenant": tenant,
            "office": "样例应急管理局",
            "version": version,
            "root": self.root.public,
            "issuing": self.issuing.public,
            "feed": self.feed.public,
            "log": LogVerifier.from_text(log),
            "recipients": (OfficeRecipient(role=RecipientRole.OFFICE, recipient=recipient("office")),),
        }
        return issue_statement(OfficeStatement(**(values | changes)), self.root)


class Server:
    """One server process' worth of an office, over its folder."""

    def __init__(
        self, folder: Path, clock: Clock, limits: Limits | None = None, storage: Storage | None = None
    ):
        self.folder = folder
        self.office: Office = open_office(folder, clock=clock, limits=limits, storage=storage)
        self.app = application(self.office)
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app=self.app)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://office.test", trust_env=False)

    def send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        request = self._client.build_request(method, path, content=body, headers=headers or {})
        response = self._runner.run(self._client.send(request))
        return Answer(response.status_code, dict(response.headers), response.content)

    def nonce(self) -> str:
        return self.send("GET", protocol.HELLO).headers[protocol.NONCE_HEADER.lower()]

    def codes(self) -> list[str]:
        return [line.code for line in self.office.audit.lines()]

    def rows(self) -> dict[str, int]:
        """How many rows each table has that holds what was received."""
        from sqlalchemy import func, select

        from inspector.server import schema

        tables = (schema.leaves, schema.nodes, schema.entries, schema.entry_blobs, schema.blobs, schema.feed)
        more = (schema.keys, schema.revocations, schema.gaps, schema.aside, schema.uploads, schema.pieces)
        with self.office.archive.read() as connection:
            return {t.name: connection.scalar(select(func.count()).select_from(t)) for t in (*tables, *more)}

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()
        self.office.archive.close()


class Asker:
    """Somebody with a key who asks a server."""

    def __init__(self, server: Server, signing: SigningKey) -> None:
        self.server = server
        self.key = signing

    def authorization(self, method: str, path: str, body: bytes, **changes: str) -> str:
        values = {
            "nonce": self.server.nonce() if "nonce" not in changes else changes["nonce"],
            "audience": self.server.office.audience,
            "method": method,
            "path": path,
            "sha256": sha256(body).hexdigest(),
        }
        return protocol.authorization(protocol.RequestStatement(**(values | changes)), self.key)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, **changes: str
    ) -> Answer:
        signed = {"Authorization": self.authorization(method, path, body, **changes)}
        return self.server.send(method, path, body, signed | (headers or {}))

    def post(self, path: str, value: Any, **changes: str) -> Answer:
        return self.ask("POST", path, canonical(value), **changes)

    def entries(self, *envelopes: bytes, gaps: tuple[tuple[int, str], ...] = ()) -> Any:
        listed = [{"seq": seq, "sha256": digest} for seq, digest in gaps]
        answer = self.post(protocol.ENTRIES, {"entries": [b64(each) for each in envelopes], "gaps": listed})
        assert answer.status == 200, answer.body
        return answer.json["results"]

    def statuses(self, *envelopes: bytes, gaps: tuple[tuple[int, str], ...] = ()) -> list[str]:
        return [result["status"] for result in self.entries(*envelopes, gaps=gaps)]

    def put(self, content: bytes, digest: str | None = None) -> Answer:
        return self.ask("PUT", protocol.blob_path(digest or name(content)), content)

    def receipts(self, *envelopes: bytes) -> dict[str, bytes]:
        answer = self.post(protocol.RECEIPTS, {"entries": [name(each) for each in envelopes]})
        assert answer.status == 200, answer.body
        return {given["entry"]: base64.b64decode(given["receipt"]) for given in answer.json["receipts"]}


class Tablet(Asker):
    """A device with its chain."""

    def __init__(self, server: Server, number: int = 1) -> None:
        super().__init__(server, key(f"device {number}"))
        self.id = f"00000000-0000-7000-8000-{number:012d}"
        self.seq = 0
        self.prev = NO_PREVIOUS
        self.record = f"00000000-0000-7000-9000-{number:012d}"

    def certificate(self, keys: Keys, tenant: str = TENANT) -> bytes:
        certificate = Certificate(
            tenant=tenant,
            kind=HolderKind.DEVICE,
            id=self.id,
            key=self.key.public,
            recipient=recipient(self.id),
            details_sha256=sha256(self.id.encode()).hexdigest(),
            issued_ms=NOON,
        )
        return issue_certificate(certificate, keys.issuing)

    def delivery(self, *files: bytes, text: str = "record", **changes: Any) -> Delivery:
        values: dict[str, Any] = {
            "tenant": TENANT,
            "device": self.id,
            "seq": self.seq + 1,
            "prev": self.prev,
            "record": self.record,
            "kind": EntryKind.RECORD,
            "at_ms": NOON,
            "body": sealed(f"{self.id} {self.seq + 1} {text}"),
            "blobs": tuple(BlobRef(sha256=name(each), size=len(each)) for each in files),
        }
        return Delivery(**(values | changes))

    def sign(self, delivery: Delivery, signing: SigningKey | None = None) -> bytes:
        return dsse.sign(canonical(delivery.to_payload()), DELIVERY_TYPE, [signing or self.key])

    def next(self, *files: bytes, text: str = "record", **changes: Any) -> bytes:
        """The chain's next envelope; the chain goes on from it."""
        envelope = self.sign(self.delivery(*files, text=text, **changes))
        self.seq, self.prev = self.seq + 1, name(envelope)
        return envelope


class Console(Asker):
    """Whoever holds the office's issuing and feed keys."""

    def __init__(self, server: Server, keys: Keys) -> None:
        super().__init__(server, keys.feed)
        self.keys = keys

    def certify(self, *tablets: Tablet) -> None:
        assert set(self.statuses(*(tablet.certificate(self.keys) for tablet in tablets))) == {"accepted"}

    def revocation(self, tablet: Tablet, last_seq: int, last_sha256: str) -> bytes:
        revocation = Revocation(
            tenant=TENANT,
            key_id=tablet.key.key_id,
            last_good_seq=last_seq,
            last_good_sha256=last_sha256,
            reason=RevocationReason.LOST,
            at_ms=NOON,
        )
        return issue_revocation(revocation, self.keys.issuing)

    def message(
        self, tablet: Tablet, n: int, prev: str, text: str = "hello", signing: SigningKey | None = None
    ) -> bytes:
        message = FeedMessage(
            tenant=TENANT, device=tablet.id, n=n, prev=prev, at_ms=NOON, kind="hello", body=sealed(text)
        )
        return dsse.sign(canonical(message.to_payload()), FEED_TYPE, [signing or self.keys.feed])

    def leaves(self) -> list[bytes]:
        """The whole log."""
        found: list[bytes] = []
        while True:
            answer = self.ask("GET", protocol.log_entries_path(len(found), 200))
            assert answer.status == 200, answer.body
            page = answer.json
            found += [base64.b64decode(entry["bytes"]) for entry in page["entries"]]
            if len(found) == page["size"]:
                return found


class Cast:
    """An office with its server, its console and one certified tablet."""

    def __init__(self, folder: Path, limits: Limits | None = None, storage: Storage | None = None) -> None:
        self.folder = folder
        self.clock = Clock()
        self.keys = Keys()
        self.limits, self.storage = limits, storage
        self.log = new_server(folder, tenant=TENANT)
        self.server = self.start()
        self.server.office.adopt(self.keys.statement(self.log))
        self.console = Console(self.server, self.keys)
        self.tablet = Tablet(self.server)
        self.console.certify(self.tablet)
        self._numbers = itertools.count(2)

    def start(self) -> Server:
        """Another process over the same folder."""
        return Server(self.folder, self.clock, self.limits, self.storage)

    def restart(self) -> None:
        """The server stops and starts; everybody goes on with the new one."""
        self.server.close()
        self.server = self.start()
        self.console.server = self.tablet.server = self.server

    def another(self) -> Tablet:
        """One more certified tablet."""
        tablet = Tablet(self.server, next(self._numbers))
        self.console.certify(tablet)
        return tablet

    def close(self) -> None:
        self.server.close()
