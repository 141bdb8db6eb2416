"""Who is at the door: every signed request is proven here before anything of it is read or done.

* The statement is verified, its nonce spent and the asker's rate taken before the body is read; the body is
  read no further than the call allows, and must then be the one that was signed for. Only then is it
  unpacked, to no more than the call allows either.
* Every refusal that could be an attack leaves an audit line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from inspector.errors import (
    InspectorError,
    MessageMalformedError,
    OfficeUnreachableError,
    RequestForbiddenError,
    RequestNonceError,
    RequestStatementError,
    RequestTooLargeError,
    TrustError,
)
from inspector.server.audit import Line
from inspector.server.entries import Outcome
from inspector.server.limits import Buckets
from inspector.server.office import Office
from inspector.server.reading import proven_by
from inspector.sync.packing import CONTENT_ENCODING, unpacked
from inspector.sync.protocol import (
    AUTHORIZATION,
    MAX_BODY_BYTES,
    MAX_ENROLMENT_BYTES,
    ProvenRequest,
    body_sha256,
    claimed_key_id,
    proven_request,
)
from inspector.trust.strict_json import JsonValue, parse

T = TypeVar("T")

ENROLMENT_BODY_BYTES = 2 * MAX_ENROLMENT_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who has proven a key.

    Attributes:
        device: whose key it is; None for the console.
        is_revoked: whether the device's key counts no longer for anything new.
    """

    key_id: str
    device: str | None
    is_revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A proven request with its whole body, unpacked."""

    caller: Caller
    body: bytes

    @property
    def json(self) -> JsonValue:
        """The body as strict JSON.

        Raises:
            MessageMalformedError: it is none.
        """
        return parse(self.body)

    @property
    def device(self) -> str:
        """The asking device.

        Raises:
            RequestForbiddenError: it is the console.
        """
        if self.caller.device is None:
            raise RequestForbiddenError(act="设备的请求")
        return self.caller.device


class Reception:
    """The door of one office server."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._devices = Buckets(office.limits.device)
        self._addresses = Buckets(office.limits.address)
        self._enrolments = Buckets(office.limits.enrolment)

    async def device(self, request: Request, *, most: int = MAX_BODY_BYTES) -> Visit:
        """A visit of an enrolled device, revoked or not, with a body of at most `most` bytes."""
        visit = await self.either(request, most=most)
        if visit.caller.device is None:
            raise RequestForbiddenError(act="设备的请求")
        return visit

    async def console(self, request: Request, *, most: int = MAX_BODY_BYTES) -> Visit:
        """A visit of the console."""
        caller = await self._proven(request)
        if caller[0].device is not None:
            await self.note(request, RequestForbiddenError(act="审核台的请求"), caller[0].key_id)
            raise RequestForbiddenError(act="审核台的请求")
        return await self._read(request, *caller, most)

    async def either(
        self, request: Request, *, most: int = MAX_BODY_BYTES, console_most: int | None = None
    ) -> Visit:
        """A visit of a device or of the console, whose bodies may be longer."""
        caller, proven = await self._proven(request)
        if caller.device is None and console_most is not None:
            most = console_most
        return await self._read(request, caller, proven, most)

    async def anybody(self, request: Request, *, most: int = ENROLMENT_BODY_BYTES) -> bytes:
        """The body, of at most `most` bytes, of a request that nobody has to sign."""
        self._addresses.take(address_of(request), self.office.clock())
        return await self._body(request, most)

    def slow_down(self, request: Request) -> None:
        """Take a token for a letter box of enrolment.

        Raises:
            RequestTooOftenError: there is none left.
        """
        self._enrolments.take(address_of(request), self.office.clock())

    async def note(
        self, request: Request, error: InspectorError, key_id: str = "", subject: str = ""
    ) -> None:
        """Leave an audit line."""
        line = self._line(request, error, key_id, subject)
        await run_in_threadpool(self.office.audit.add, line)

    async def note_outcomes(self, request: Request, key_id: str, outcomes: Iterable[Outcome]) -> None:
        """Leave an audit line for every entry that was not taken."""
        lines = [
            self._line(request, outcome.error, key_id, outcome.sha256)
            for outcome in outcomes
            if outcome.error is not None
        ]
        if lines:
            await run_in_threadpool(lambda: self.office.audit.add(*lines))

    async def work(self, request: Request, visit: Visit, act: Callable[[], T], *, subject: str = "") -> T:
        """Do `act` in a thread; what it refuses leaves an audit line."""
        try:
            return await run_in_threadpool(act)
        except InspectorError as error:
            if not error.retry:
                await self.note(request, error, visit.caller.key_id, subject)
            raise

    async def _proven(self, request: Request) -> tuple[Caller, ProvenRequest]:
        now_ms = self.office.clock()
        self._addresses.take(address_of(request), now_ms)
        header = request.headers.get(AUTHORIZATION, "")
        try:
            caller, proven = await run_in_threadpool(self._verify, request, header)
            self._devices.take(caller.key_id, now_ms)
            await run_in_threadpool(self.office.nonces.spend, proven.statement.nonce, now_ms)
        except (TrustError, MessageMalformedError, RequestNonceError) as error:
            await self.note(request, error, _claimed(header))
            raise
        return caller, proven

    def _verify(self, request: Request, header: str) -> tuple[Caller, ProvenRequest]:
        key_id = claimed_key_id(header)
        office = self.office
        with office.archive.read() as connection:
            feed = office.register.statement(connection).feed
            known = office.register.device_keys(connection, [key_id])
        if key_id == feed.key_id:
            caller, key = Caller(key_id=key_id, device=None), feed
        else:
            device = proven_by(known, key_id)
            caller = Caller(key_id=key_id, device=device.device, is_revoked=device.limit is not None)
            key = device.key
        proven = proven_request(header, [key])
        self._check(request, proven, proven.statement.sha256)
        return caller, proven

    async def _read(self, request: Request, caller: Caller, proven: ProvenRequest, most: int) -> Visit:
        body = await self._body(request, most)
        try:
            self._check(request, proven, await run_in_threadpool(body_sha256, body))
            encoding = request.headers.get(CONTENT_ENCODING, "")
            content = await run_in_threadpool(unpacked, body, encoding, most=most) if encoding else body
        except (RequestStatementError, RequestTooLargeError, MessageMalformedError) as error:
            await self.note(request, error, caller.key_id)
            raise
        return Visit(caller=caller, body=content)

    def _check(self, request: Request, proven: ProvenRequest, digest: str) -> None:
        proven.statement.check(
            audience=self.office.audience,
            method=request.method,
            path=_target(request),
            body_sha256=digest,
        )

    async def _body(self, request: Request, most: int) -> bytes:
        announced = request.headers.get("content-length", "0")
        if not announced.isdecimal() or len(announced) > 15:
            raise MessageMalformedError(reason="Content-Length 不对")
        if int(announced) > most:
            raise RequestTooLargeError()
        chunks, size = [], 0
        try:
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise RequestTooLargeError()
                chunks.append(chunk)
        except ClientDisconnect as error:
            raise OfficeUnreachableError() from error
        return b"".join(chunks)

    def _line(self, request: Request, error: InspectorError, key_id: str, subject: str) -> Line:
        call = f"{request.method} {template(request.scope)}"
        return Line(at_ms=self.office.clock(), code=error.code, call=call, key_id=key_id, subject=subject)


def template(scope: object) -> str:
    """The route's template: what was called, without the ids in its path."""
    route = scope.get("route") if isinstance(scope, dict) else None
    return str(getattr(route, "path", "-"))


def created(location: str, headers: dict[str, str]) -> Response:
    """An empty 201 that names what was made."""
    return Response(status_code=201, headers={"Location": location, "Cache-Control": "no-store"} | headers)


def _target(request: Request) -> str:
    """The path with the query, as on the request line."""
    raw = request.scope.get("raw_path") or request.scope["path"].encode("utf-8")
    query = request.scope.get("query_string", b"")
    return str((raw.split(b"?")[0] + (b"?" + query if query else b"")).decode("ascii", "replace"))


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def _claimed(header: str) -> str:
    """The key id that a refused request claimed, if it is written like one."""
    try:
        claimed = claimed_key_id(header)
    except InspectorError:
        return ""
    return claimed if len(claimed) == 32 and claimed.isalnum() and claimed.isascii() else ""
