"""The office's intake of 48 KB records over HTTP, beside a server that only verifies the same requests.

Both are one uvicorn process each, asked by four tablets at once on the same cores, in turns. The peer reads
the batch, verifies the request's statement and every envelope's signature and hash, and stores nothing. What
is left between the two is the archive, the log, the chains and the nonces; each batch is durable before it is
answered.
"""

from __future__ import annotations

import http.client
import multiprocessing
import secrets
import socket
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter

import uvicorn
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from bench import Row
from inspector.domain.delivery import DELIVERY_TYPE, NO_PREVIOUS, Delivery, EntryKind
from inspector.domain.identifiers import uuid7
from inspector.server.app import Binding, application, configuration
from inspector.server.limits import Limits, Rate
from inspector.server.office import create, open_office
from inspector.sync import messages, protocol
from inspector.sync.messages import EntriesQuestion
from inspector.trust import dsse
from inspector.trust.age_header import generate_identity, recipient_of
from inspector.trust.certificates import Certificate, HolderKind, issue_certificate
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.keys import SigningKey, VerifyKey
from inspector.trust.statement import OfficeRecipient, OfficeStatement, RecipientRole, issue_statement
from inspector.trust.strict_json import canonical, parse

RECORD_BYTES, BATCH, BATCHES, TABLETS, ROUNDS = 48 * 1024, 10, 4, 4, 7
TENANT, AT_MS = "bench", 1_795_000_000_000
_ENDLESS = Rate(burst=10**9, per_minute=10**9)


@dataclass(slots=True)
class Tablet:
    """A device that signs fresh records, one chain over all rounds."""

    id: str
    key: SigningKey
    seq: int = 0
    prev: str = NO_PREVIOUS

    def batch(self) -> bytes:
        """The body of one request."""
        entries = tuple(self._next() for _ in range(BATCH))
        return canonical(messages.entries_payload(EntriesQuestion(entries=entries, gaps=())))

    def _next(self) -> bytes:
        delivery = Delivery(
            tenant=TENANT,
            device=self.id,
            seq=self.seq + 1,
            prev=self.prev,
            record=self.id,
            kind=EntryKind.RECORD,
            at_ms=AT_MS,
            body=b"age-encryption.org/v1\n" + secrets.token_bytes(RECORD_BYTES),
        )
        envelope = dsse.sign(canonical(delivery.to_payload()), DELIVERY_TYPE, [self.key])
        self.seq, self.prev = self.seq + 1, sha256(envelope).hexdigest()
        return envelope


def rows() -> Iterator[Row]:
    """One row: records a second of both."""
    tablets = [
        Tablet(uuid7(at_ms=AT_MS, random=secrets.token_bytes(10)), SigningKey.generate())
        for _ in range(TABLETS)
    ]
    with tempfile.TemporaryDirectory() as folder:
        audience = _found(Path(folder) / "office", tablets)
        keys = [tablet.key.public.text for tablet in tablets]
        with _Process(_serve_office, folder) as ours, _Process(_serve_verifier, keys) as peer:
            sides = {"ours": ours.port, "peer": peer.port}
            rates: dict[str, list[float]] = {side: [] for side in sides}
            for turn in range(ROUNDS + 1):
                bodies = [[tablet.batch() for _ in range(BATCHES)] for tablet in tablets]
                for side in sorted(sides, reverse=turn % 2 == 1):
                    rate = _round(sides[side], audience, tablets, bodies)
                    if turn:  # the first round warms up
                        rates[side].append(rate)
    value, ceiling = median(rates["ours"]), median(rates["peer"])
    name = "office ingest, 48 KB records, SQLite, durable"
    ratio = value / ceiling
    yield Row(
        name, value, "records/s", "verify only, nothing stored", ceiling, ratio, ">= 0.40x", ratio >= 0.40
    )


def _round(port: int, audience: str, tablets: Sequence[Tablet], bodies: Sequence[Sequence[bytes]]) -> float:
    """Records a second while all tablets send their batches at once."""
    began = perf_counter()
    with ThreadPoolExecutor(len(tablets)) as pool:
        list(pool.map(lambda pair: _send(port, audience, *pair), zip(tablets, bodies, strict=True)))
    return TABLETS * BATCHES * BATCH / (perf_counter() - began)


def _send(port: int, audience: str, tablet: Tablet, bodies: Sequence[bytes]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", protocol.HELLO)
    answer = line.getresponse()
    answer.read()
    for body in bodies:
        statement = protocol.RequestStatement(
            nonce=answer.headers[protocol.NONCE_HEADER],
            audience=audience,
            method="POST",
            path=protocol.ENTRIES,
            sha256=protocol.body_sha256(body),
        )
        headers = {protocol.AUTHORIZATION: protocol.authorization(statement, tablet.key)}
        line.request("POST", protocol.ENTRIES, body, headers)
        answer = line.getresponse()
        results = messages.read_results(parse(answer.read()))
        if any(result.status != "accepted" for result in results):
            raise AssertionError(results)
    line.close()


def _found(folder: Path, tablets: Sequence[Tablet]) -> str:
    """An office that knows `tablets`; gives its audience."""
    root, issuing, feed = (SigningKey.generate() for _ in range(3))
    log = create(folder, tenant=TENANT)
    statement = OfficeStatement(
        tenant=TENANT,
        office="样例办公室",
        version=1,
        root=root.public,
        issuing=issuing.public,
        feed=feed.public,
        log=LogVerifier.from_text(log),
        recipients=(OfficeRecipient(role=RecipientRole.OFFICE, recipient=recipient_of(generate_identity())),),
    )
    office = open_office(folder, clock=lambda: AT_MS)
    office.adopt(issue_statement(statement, root))
    certificates = [
        Certificate(
            tenant=TENANT,
            kind=HolderKind.DEVICE,
            id=tablet.id,
            key=tablet.key.public,
            recipient=recipient_of(generate_identity()),
            details_sha256="00" * 32,
            issued_ms=AT_MS,
        )
        for tablet in tablets
    ]
    office.entries.receive(None, [issue_certificate(each, issuing) for each in certificates], (), AT_MS)
    office.archive.close()
    return office.audience


class _Process:
    """A server in a process of its own."""

    def __init__(self, serve: object, argument: object) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        context = multiprocessing.get_context("spawn")
        self._ready, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(argument, self.port, theirs), daemon=True)  # type: ignore[arg-type]

    def __enter__(self) -> _Process:
        self._process.start()
        self._ready.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()


class _Announced(uvicorn.Server):
    """Tells its parent when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Connection) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._ready.send(True)


def _run(app: FastAPI, port: int, ready: Connection) -> None:
    config = configuration(app, Binding(port=port))
    config.log_level = "critical"
    config.configure_logging()
    _Announced(config, ready).run()


def _serve_office(folder: str, port: int, ready: Connection) -> None:
    limits = Limits(device=_ENDLESS, address=_ENDLESS, enrolment=_ENDLESS)
    _run(application(open_office(Path(folder) / "office", clock=lambda: AT_MS, limits=limits)), port, ready)


def _serve_verifier(keys: Sequence[str], port: int, ready: Connection) -> None:
    """The peer: verifies and forgets."""
    known = {key.key_id: key for key in map(VerifyKey.from_text, keys)}
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    def verified(header: str, body: bytes) -> object:
        protocol.proven_request(header, known.values()).statement.check(
            audience=_audience_in(header, known),
            method="POST",
            path=protocol.ENTRIES,
            body_sha256=protocol.body_sha256(body),
        )
        results = []
        for entry in messages.read_entries(parse(body)).entries:
            dsse.verify(entry, DELIVERY_TYPE, known)
            results.append({"sha256": sha256(entry).hexdigest(), "status": "accepted", "missing": []})
        return {"results": results}

    @app.get(protocol.HELLO)
    async def hello() -> Response:
        return Response(headers={protocol.NONCE_HEADER: "0"})

    @app.post(protocol.ENTRIES)
    async def entries(request: Request) -> Response:
        body = await request.body()
        header = request.headers[protocol.AUTHORIZATION]
        answer = await run_in_threadpool(verified, header, body)
        return JSONResponse(answer, headers={protocol.NONCE_HEADER: "0"})

    _run(app, port, ready)


def _audience_in(header: str, known: dict[str, VerifyKey]) -> str:
    return protocol.proven_request(header, known.values()).statement.audience
