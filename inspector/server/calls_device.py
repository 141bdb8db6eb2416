"""What tablets call: each call is the door, one act, the answer."""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from inspector.domain.identifiers import check_sha256
from inspector.errors import (
    MessageMalformedError,
    RequestForbiddenError,
    RequestTooLargeError,
    SignerRevokedError,
)
from inspector.server.holdings import holdings, receipts
from inspector.server.numbers import number_in
from inspector.server.problems import json_response
from inspector.server.reception import Reception, Visit, created
from inspector.sync import messages, protocol
from inspector.trust.radix import base64_bytes

CONSOLE_PUT_BYTES = 16 * 1024 * 1024
"""Of a file that the console gives back in one `PUT`; longer ones go by resumable upload."""

MAX_PAGE_BYTES = 5 * 1024 * 1024
"""Of a page before base64, so that the answer stays within `protocol.MAX_ANSWER_BYTES`."""

_METADATA = re.compile(r"sha256 ([A-Za-z0-9+/=]+)")


def routes(reception: Reception) -> APIRouter:
    """The tablets' calls, and those that the console shares with them."""
    router = APIRouter()
    _add_entries(router, reception)
    _add_feed(router, reception)
    _add_uploads(router, reception)
    return router


def _add_entries(router: APIRouter, reception: Reception) -> None:
    office = reception.office

    @router.post(protocol.HAVE)
    async def have(request: Request) -> Response:
        visit = await reception.device(request)
        question = messages.read_have(visit.json)
        found = await reception.work(
            request, visit, lambda: holdings(office.archive, office.log, visit.device, question.hashes)
        )
        return json_response(messages.holdings_payload(found))

    @router.post(protocol.ENTRIES)
    async def entries(request: Request) -> Response:
        visit = await reception.either(request)
        question = messages.read_entries(visit.json)
        if visit.caller.device is None and question.gaps:
            raise RequestForbiddenError(act="替设备声明缺号")
        if len(question.entries) > 1 and sum(map(len, question.entries)) > protocol.MAX_ENTRIES_BYTES:
            raise RequestTooLargeError()
        device, now_ms = visit.caller.device, office.clock()
        outcomes = await reception.work(
            request,
            visit,
            lambda: office.entries.receive(device, question.entries, question.gaps, now_ms),
        )
        await reception.note_outcomes(request, visit.caller.key_id, outcomes)
        return json_response(messages.results_payload([outcome.result() for outcome in outcomes]))

    @router.post(protocol.RECEIPTS)
    async def give_receipts(request: Request) -> Response:
        visit = await reception.device(request)
        hashes = messages.read_receipts_question(visit.json)
        given = await reception.work(request, visit, lambda: receipts(office.archive, office.log, hashes))
        return json_response(messages.receipts_payload(given))


def _add_feed(router: APIRouter, reception: Reception) -> None:
    office = reception.office

    @router.get(protocol.FEED)
    async def read_feed(request: Request) -> Response:
        visit = await reception.device(request)
        if visit.caller.is_revoked:
            error = SignerRevokedError(key_id=visit.caller.key_id)
            await reception.note(request, error, visit.caller.key_id)
            raise error
        after = number_in(request, "after", least=0)
        limit = number_in(request, "limit", least=1, most=protocol.MAX_FEED, default=protocol.MAX_FEED)
        page = await reception.work(
            request, visit, lambda: office.feed.read(visit.device, after, limit, MAX_PAGE_BYTES)
        )
        return json_response(messages.feed_payload(page))


def _add_uploads(router: APIRouter, reception: Reception) -> None:
    office = reception.office

    @router.put(protocol.blob_path("{digest}"))
    async def put_blob(request: Request, digest: str) -> Response:
        visit = await reception.either(request, most=protocol.MAX_PUT_BYTES, console_most=CONSOLE_PUT_BYTES)
        name, now_ms = check_sha256(digest), office.clock()
        is_new = await reception.work(
            request,
            visit,
            lambda: office.uploads.put(visit.caller.device, name, visit.body, now_ms),
            subject=name,
        )
        return json_response({}, 201 if is_new else 200)

    @router.post(protocol.UPLOADS)
    async def begin(request: Request) -> Response:
        visit = await reception.either(request, most=0)
        digest, size, now_ms = (
            _announced(request),
            _header_number(request, protocol.UPLOAD_LENGTH),
            office.clock(),
        )
        upload = await reception.work(
            request,
            visit,
            lambda: office.uploads.begin(visit.caller.device, digest, size, now_ms),
            subject=digest,
        )
        return created(protocol.upload_path(upload.id), _tus(upload.received))

    @router.head(protocol.upload_path("{upload_id}"))
    async def state(request: Request, upload_id: str) -> Response:
        visit = await reception.either(request, most=0)
        now_ms = office.clock()
        upload = await reception.work(
            request, visit, lambda: office.uploads.state(visit.caller.device, upload_id, now_ms)
        )
        length = {protocol.UPLOAD_LENGTH: str(upload.size), "Cache-Control": "no-store"}
        return Response(status_code=200, headers=_tus(upload.received) | length)

    @router.patch(protocol.upload_path("{upload_id}"))
    async def extend(request: Request, upload_id: str) -> Response:
        visit: Visit = await reception.either(request, most=protocol.MAX_CHUNK_BYTES)
        offset, now_ms = _header_number(request, protocol.UPLOAD_OFFSET), office.clock()
        if request.headers.get("content-type") != protocol.TUS_CHUNK_TYPE:
            raise MessageMalformedError(reason="分段的 Content-Type 不对")
        upload = await reception.work(
            request,
            visit,
            lambda: office.uploads.extend(visit.caller.device, upload_id, offset, visit.body, now_ms),
        )
        return Response(status_code=204, headers=_tus(upload.received))


def _tus(offset: int) -> dict[str, str]:
    return {protocol.TUS_RESUMABLE: protocol.TUS_VERSION, protocol.UPLOAD_OFFSET: str(offset)}


def _announced(request: Request) -> str:
    """The hash in `Upload-Metadata`."""
    found = _METADATA.fullmatch(request.headers.get(protocol.UPLOAD_METADATA, ""))
    if found is None:
        raise MessageMalformedError(reason="Upload-Metadata 中没有 sha256")
    return check_sha256(base64_bytes(found[1]).decode("ascii", "replace"))


def _header_number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not text.isdecimal() or not text.isascii() or len(text) > 15:
        raise MessageMalformedError(reason=f"{name} 不对")
    return int(text)
