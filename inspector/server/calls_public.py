"""What anybody may call: who this is, the log's checkpoints and proofs, and the open side of an enrolment."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from inspector.domain.message_fields import MessageFields
from inspector.errors import InspectorError
from inspector.server.calls_console import bounded_letter
from inspector.server.enrolments import Letter
from inspector.server.numbers import number_in
from inspector.server.problems import json_response
from inspector.server.reception import Reception
from inspector.sync import messages, protocol
from inspector.trust.strict_json import parse
from inspector.work.ports import Hello


def routes(reception: Reception) -> APIRouter:
    """The calls that need no signature."""
    router = APIRouter()
    office = reception.office

    @router.get(protocol.HELLO)
    async def hello(request: Request) -> Response:
        await reception.anybody(request)

        def introduce() -> Hello:
            with office.archive.read() as connection:
                statement = office.register.statement_bytes(connection)
            return Hello(
                tenant=office.tenant, audience=office.audience, statement=statement, time_ms=office.clock()
            )

        return json_response(messages.hello_payload(await run_in_threadpool(introduce)))

    @router.get(protocol.LOG_CHECKPOINT)
    async def checkpoint(request: Request) -> Response:
        await reception.anybody(request)

        def newest() -> bytes:
            with office.archive.read() as connection:
                return office.log.checkpoint(connection)

        note = await run_in_threadpool(newest)
        return Response(note, media_type=protocol.CHECKPOINT_TYPE, headers={"Cache-Control": "no-store"})

    @router.post(protocol.LOG_CHECKPOINT)
    async def show_checkpoint(request: Request) -> Response:
        note = await reception.anybody(request)

        def compare() -> None:
            seen = office.log.verified(note)
            with office.archive.read() as connection:
                if not office.log.is_ahead(connection, seen):
                    return
            with office.archive.write() as connection:
                office.log.remember(connection, seen)

        await run_in_threadpool(compare)
        return json_response({})

    @router.get(protocol.LOG_CONSISTENCY)
    async def consistency(request: Request) -> Response:
        await reception.anybody(request)
        first = number_in(request, "first", least=0)
        second = number_in(request, "second", least=0)

        def prove() -> tuple[bytes, ...]:
            with office.archive.read() as connection:
                return office.log.consistency(connection, first, second)

        return json_response(messages.proof_payload(await run_in_threadpool(prove)))

    _add_enrolments(router, reception)
    return router


def _add_enrolments(router: APIRouter, reception: Reception) -> None:
    office = reception.office

    async def read(request: Request, enrolment: str, letter: Letter) -> Response:
        await reception.anybody(request)
        reception.slow_down(request)
        now_ms = office.clock()
        try:
            found = await run_in_threadpool(lambda: office.enrolments.read(enrolment, letter, now_ms))
        except InspectorError as error:
            await reception.note(request, error)
            raise
        return json_response({letter.value: None if found is None else messages.text(found)})

    @router.get(protocol.enrolment_path("{enrolment}", "offer"))
    async def read_offer(request: Request, enrolment: str) -> Response:
        return await read(request, enrolment, Letter.OFFER)

    @router.get(protocol.enrolment_path("{enrolment}", "response"))
    async def read_response(request: Request, enrolment: str) -> Response:
        return await read(request, enrolment, Letter.RESPONSE)

    @router.put(protocol.enrolment_path("{enrolment}", "request"))
    async def put_request(request: Request, enrolment: str) -> Response:
        body = await reception.anybody(request)
        reception.slow_down(request)
        content = bounded_letter(MessageFields.of(parse(body), "登记请求", "request"), "request")
        now_ms = office.clock()
        try:
            await run_in_threadpool(lambda: office.enrolments.put(enrolment, Letter.REQUEST, content, now_ms))
        except InspectorError as error:
            await reception.note(request, error)
            raise
        return json_response({})
