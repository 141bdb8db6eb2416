"""Notices in public: what a phone asks about one, how an enterprise answers it, and the console's side.

* Nobody signs in. Whoever has the address reads the registration; whoever has the reply code answers.
* Tries of a code are counted for each notice and for each address, before anything is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from inspector.domain.identifiers import check_public_id
from inspector.domain.message_fields import MessageFields
from inspector.errors import (
    InspectorError,
    MessageMalformedError,
    ReplyCodeWrongError,
    ReplyTooLargeError,
    ReplyTooOftenError,
    RequestTooLargeError,
    RequestTooOftenError,
    RequestUnknownError,
)
from inspector.server.limits import Buckets
from inspector.server.numbers import number_in
from inspector.server.problems import json_response
from inspector.server.reception import Reception, address_of
from inspector.server.registrations import id_range
from inspector.server.replies import HandedIn
from inspector.sync import notice_messages as wire
from inspector.sync.messages import text
from inspector.sync.protocol import BLOB_TYPE
from inspector.trust.radix import base64_url_bytes
from inspector.trust.registration import PROOF_BYTES
from inspector.trust.strict_json import parse
from inspector.work.reply import MAX_BYTES
from inspector.work.reply_receipt import RECEIPT_TYPE, ReplyReceipt

T = TypeVar("T")

_HEX_32 = re.compile(r"[0-9a-f]{32}")
_MEGABYTE = 1024 * 1024


def routes(reception: Reception) -> APIRouter:
    """The calls of the public pages, and the console's."""
    router = APIRouter()
    _add_looking(router, reception)
    _add_answering(router, reception)
    _add_console(router, reception)
    return router


def _add_looking(router: APIRouter, reception: Reception) -> None:
    office = reception.office

    @router.get(wire.notice_path("{name}"))
    async def look(request: Request, name: str) -> Response:
        await reception.anybody(request)
        found = await run_in_threadpool(lambda: office.registrations.get(name))
        return json_response({"version": found.version, "box": text(found.box)})

    @router.get(f"{wire.DEVICE_KEYS}/{{key_id}}")
    async def device_key(request: Request, key_id: str) -> Response:
        """The certificate of a device key, with the office's statement: both stand in the public log."""
        await reception.anybody(request)
        if not _HEX_32.fullmatch(key_id):
            raise RequestUnknownError(what="密钥")

        def find() -> tuple[bytes, bytes]:
            with office.archive.read() as connection:
                place = office.register.position_of(connection, key_id)
                certificate = office.log.read(connection, place, 1)[0].content
                return office.register.statement_bytes(connection), certificate

        statement, certificate = await run_in_threadpool(find)
        return json_response({"statement": text(statement), "certificate": text(certificate)})


def _add_answering(router: APIRouter, reception: Reception) -> None:
    office = reception.office
    by_address = Buckets(office.limits.reply_address)
    by_notice = Buckets(office.limits.reply_notice)

    def slow_down(request: Request, name: str) -> None:
        now_ms = office.clock()
        try:
            by_address.take(address_of(request), now_ms)
            by_notice.take(id_range(name)[0][:10], now_ms)
        except RequestTooOftenError as error:
            raise ReplyTooOftenError(**error.facts) from error

    @router.post(wire.notice_path("{name}", "open"))
    async def unlock(request: Request, name: str) -> Response:
        """What the reply code opens: the registration and its wrapped key."""
        body = await reception.anybody(request)
        slow_down(request, name)
        proof = MessageFields.of(parse(body), "回复码", "proof").octets("proof")

        def find() -> dict[str, object]:
            with office.archive.read() as connection:
                found = office.registrations.proven(connection, name, proof)
            return {
                "public_id": found.public_id,
                "version": found.version,
                "box": text(found.box),
                "wrapped": text(found.wrapped),
            }

        return json_response(await _noted(reception, request, find))

    @router.post(wire.notice_path("{name}", "replies"))
    async def answer(request: Request, name: str) -> Response:
        slow_down(request, name)
        try:
            body = await reception.anybody(request, most=MAX_BYTES)
        except RequestTooLargeError as error:
            raise ReplyTooLargeError(limit_mb=MAX_BYTES // _MEGABYTE) from error
        handed = HandedIn(name=name, reply=_reply_id(request), proof=_proof(request), content=body)
        now_ms = office.clock()
        kept = await _noted(reception, request, lambda: office.replies.take(handed, now_ms))
        receipt = ReplyReceipt.of(kept, log=office.log.verifier.name)
        signed = office.log.sign(receipt.to_bytes(), RECEIPT_TYPE)
        return json_response({**receipt.to_payload(), "signed": signed.decode("utf-8")})


def _add_console(router: APIRouter, reception: Reception) -> None:
    office = reception.office

    @router.put(wire.notice_path("{public_id}"))
    async def register(request: Request, public_id: str) -> Response:
        visit = await reception.console(request)
        sealed = wire.SealedRegistration.from_payload(visit.json, check_public_id(public_id))
        await reception.work(request, visit, lambda: office.registrations.put(sealed), subject=public_id)
        return json_response({})

    @router.get(wire.NOTICES)
    async def held(request: Request) -> Response:
        """Which version of each registration is kept: what a restored server lacks shows here."""
        visit = await reception.console(request)
        after = request.query_params.get("after", "")
        found = await reception.work(
            request, visit, lambda: office.registrations.held(after, wire.MAX_HELD_PAGE)
        )
        return json_response({"notices": [{"public_id": id, "version": version} for id, version in found]})

    @router.get(wire.REPLIES)
    async def waiting(request: Request) -> Response:
        visit = await reception.console(request)
        after = number_in(request, "after", least=0)
        most = wire.MAX_REPLIES_PAGE
        limit = number_in(request, "limit", least=1, most=most, default=most)
        only_waiting = request.query_params.get("waiting") == "1"
        page = await reception.work(
            request, visit, lambda: office.replies.page(after, limit, only_waiting=only_waiting)
        )
        return json_response(page.to_payload())

    @router.post(wire.REPLIES_TAKEN)
    async def taken(request: Request) -> Response:
        visit = await reception.console(request)
        held, now_ms = wire.read_taken(visit.json), office.clock()
        await reception.work(request, visit, lambda: office.replies.take_over(held, now_ms))
        return json_response({})

    @router.get(f"{wire.REPLIES}/{{number}}")
    async def one_reply(request: Request, number: str) -> Response:
        visit = await reception.console(request)
        if not number.isdecimal() or len(number) > 15:
            raise RequestUnknownError(what="回复")
        content = await reception.work(request, visit, lambda: office.replies.content(int(number)))
        return Response(content, media_type=BLOB_TYPE, headers={"Cache-Control": "no-store"})


async def _noted(reception: Reception, request: Request, act: Callable[[], T]) -> T:
    """Do `act` in a thread; a wrong code leaves an audit line."""
    try:
        return await run_in_threadpool(act)
    except InspectorError as error:
        if isinstance(error, ReplyCodeWrongError):
            await reception.note(request, error)
        raise


def _reply_id(request: Request) -> str:
    found = request.headers.get(wire.REPLY_HEADER, "")
    if not _HEX_32.fullmatch(found):
        raise MessageMalformedError(reason="回复编号不对")
    return found


def _proof(request: Request) -> bytes:
    proof = base64_url_bytes(request.headers.get(wire.PROOF_HEADER, ""))
    if len(proof) != PROOF_BYTES:
        raise MessageMalformedError(reason="回复码的证明不对")
    return proof
