"""What the console calls: the log's leaves, blobs, feeds, refilling, and its side of enrolments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from inspector.domain.identifiers import check_sha256
from inspector.domain.message_fields import MessageFields
from inspector.errors import MessageMalformedError, RequestTooLargeError
from inspector.server.calls_device import MAX_PAGE_BYTES
from inspector.server.enrolments import Letter
from inspector.server.feed import fitting
from inspector.server.holdings import Stored, oddities, stored
from inspector.server.numbers import number_in
from inspector.server.problems import json_response
from inspector.server.reception import Reception
from inspector.sync import messages, protocol

_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")


def routes(reception: Reception) -> APIRouter:
    """The console's calls."""
    router = APIRouter()
    _add_log(router, reception)
    _add_feeds(router, reception)
    _add_blobs(router, reception)
    _add_enrolments(router, reception)
    return router


def _add_log(router: APIRouter, reception: Reception) -> None:
    office = reception.office

    @router.get(protocol.LOG_ENTRIES)
    async def log_entries(request: Request) -> Response:
        visit = await reception.console(request)
        start = number_in(request, "start", least=0)
        limit = number_in(
            request, "limit", least=1, most=protocol.MAX_LOG_ENTRIES, default=protocol.MAX_LOG_ENTRIES
        )

        def page() -> messages.LogPage:
            with office.archive.read() as connection:
                leaves = office.log.read(connection, start, limit)
                size = office.log.size(connection)
            fit = len(fitting([leaf.content for leaf in leaves], MAX_PAGE_BYTES))
            found = tuple((leaf.position, leaf.content) for leaf in leaves[:fit])
            return messages.LogPage(entries=found, size=size)

        return json_response(messages.log_page_payload(await reception.work(request, visit, page)))

    @router.get(protocol.LOG_ASIDE)
    async def log_aside(request: Request) -> Response:
        visit = await reception.console(request)
        after = number_in(request, "after", least=0)
        found = await reception.work(
            request, visit, lambda: oddities(office.archive, after, protocol.MAX_LOG_ENTRIES)
        )
        fit = len(fitting([each.content for each in found], MAX_PAGE_BYTES))
        listed = [
            {"number": each.number, "reason": each.reason, "bytes": messages.text(each.content)}
            for each in found[:fit]
        ]
        return json_response({"entries": listed, "more": fit < len(found)})

    @router.post(protocol.LOG_REFILL)
    async def refill(request: Request) -> Response:
        visit = await reception.console(request)
        fields = MessageFields.of(visit.json, "补传", "start entries", "last")
        start = fields.number("start")
        entries = fields.octets_list("entries", most=protocol.MAX_LOG_ENTRIES)
        is_last = fields.flag("last") if "last" in fields.values else False
        now_ms = office.clock()
        size = await reception.work(
            request,
            visit,
            lambda: office.entries.refill(start, entries, is_last=is_last, now_ms=now_ms),
        )
        return json_response({"size": size})


def _add_feeds(router: APIRouter, reception: Reception) -> None:
    office = reception.office

    @router.post(protocol.FEED)
    async def post_feed(request: Request) -> Response:
        visit = await reception.console(request)
        fields = MessageFields.of(visit.json, "办公室消息", "device messages")
        device = fields.name("device")
        envelopes = fields.octets_list("messages", most=protocol.MAX_FEED)
        if any(len(envelope) > protocol.MAX_FEED_MESSAGE_BYTES for envelope in envelopes):
            raise RequestTooLargeError()
        head = await reception.work(
            request, visit, lambda: office.feed.post(device, envelopes), subject=device
        )
        return json_response({"head": head.n, "sha256": head.sha256})

    @router.get(f"{protocol.FEED}/{{device}}")
    async def read_feed(request: Request, device: str) -> Response:
        visit = await reception.console(request)
        after = number_in(request, "after", least=0)
        limit = number_in(request, "limit", least=1, most=protocol.MAX_FEED, default=protocol.MAX_FEED)
        page = await reception.work(
            request, visit, lambda: office.feed.read(device, after, limit, MAX_PAGE_BYTES), subject=device
        )
        return json_response(messages.feed_payload(page))


def _add_blobs(router: APIRouter, reception: Reception) -> None:
    office = reception.office

    @router.get(protocol.blob_path("{digest}"))
    async def get_blob(request: Request, digest: str) -> Response:
        visit = await reception.console(request)
        name = check_sha256(digest)
        found = await reception.work(request, visit, lambda: stored(office.archive, name), subject=name)
        return await _sent(reception, found, request.headers.get("range"))


def _add_enrolments(router: APIRouter, reception: Reception) -> None:
    office = reception.office

    @router.post(protocol.ENROLMENTS)
    async def open_box(request: Request) -> Response:
        visit = await reception.console(request)
        fields = MessageFields.of(visit.json, "登记", "id offer expires_ms")
        enrolment, offer = fields.name("id"), bounded_letter(fields, "offer")
        expires_ms, now_ms = fields.number("expires_ms"), office.clock()
        await reception.work(
            request,
            visit,
            lambda: office.enrolments.open(enrolment, offer, expires_ms, now_ms),
            subject=enrolment,
        )
        return json_response({}, 201)

    @router.get(protocol.enrolment_path("{enrolment}", "request"))
    async def read_request(request: Request, enrolment: str) -> Response:
        visit = await reception.console(request)
        now_ms = office.clock()
        found = await reception.work(
            request, visit, lambda: office.enrolments.read(enrolment, Letter.REQUEST, now_ms)
        )
        return json_response({"request": None if found is None else messages.text(found)})

    @router.put(protocol.enrolment_path("{enrolment}", "response"))
    async def put_response(request: Request, enrolment: str) -> Response:
        visit = await reception.console(request)
        response = bounded_letter(MessageFields.of(visit.json, "登记答复", "response"), "response")
        now_ms = office.clock()
        await reception.work(
            request,
            visit,
            lambda: office.enrolments.put(enrolment, Letter.RESPONSE, response, now_ms),
            subject=enrolment,
        )
        return json_response({})

    @router.delete(protocol.enrolment_path("{enrolment}"))
    async def withdraw(request: Request, enrolment: str) -> Response:
        visit = await reception.console(request)
        await reception.work(request, visit, lambda: office.enrolments.withdraw(enrolment))
        return json_response({})


def bounded_letter(fields: MessageFields, name: str) -> bytes:
    """A letter of an enrolment.

    Raises:
        RequestTooLargeError: it is too long.
    """
    content = fields.octets(name)
    if len(content) > protocol.MAX_ENROLMENT_BYTES:
        raise RequestTooLargeError()
    return content


async def _sent(reception: Reception, found: Stored, asked: str | None) -> Response:
    """The file, or the part of it that a `Range` header asks for."""
    start, end = _range(asked, found.size)
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "no-store", "Content-Length": str(end - start)}
    if asked is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    chunks = reception.office.blobs.read(found.name, start, end) if end > start else iter([b""])
    # The first piece is fetched before the status is sent, so that a lost file is told as one.
    first = await run_in_threadpool(lambda: next(chunks, b""))
    return StreamingResponse(
        _after(first, chunks),
        status_code=200 if asked is None else 206,
        media_type=protocol.BLOB_TYPE,
        headers=headers,
    )


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _range(asked: str | None, size: int) -> tuple[int, int]:
    """Where to begin and end; the whole when nothing is asked.

    Raises:
        MessageMalformedError: not one range of bytes within the file.
    """
    if asked is None:
        return 0, size
    found = _RANGE.fullmatch(asked)
    start = int(found[1]) if found else size
    end = min(int(found[2]) + 1, size) if found and found[2] else size
    if start >= end:
        raise MessageMalformedError(reason="Range 不对")
    return start, end
