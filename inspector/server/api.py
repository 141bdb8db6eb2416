"""The API: its calls, and what is around each of them.

* Every answer carries a fresh nonce.
* No failure leaves as anything but a problem: a person may read it, a program can, and neither sees a trace.
  Only where a person mistyped an address, the public page says what to do.
* The access log has method, route template, status and milliseconds: no address, no id, no query.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from inspector.errors import (
    IdentifierMalformedError,
    InspectorError,
    MessageMalformedError,
    OfficeFailedError,
    RequestUnknownError,
)
from inspector.server import calls_console, calls_device, calls_notices, calls_public, pages
from inspector.server.office import Office
from inspector.server.problems import answer
from inspector.server.reception import Reception, template
from inspector.sync.protocol import NONCE_HEADER

access = logging.getLogger("inspector.server.access")
failures = logging.getLogger("inspector.server.failures")


def api(office: Office, *, ticks: Callable[[], float], lifespan: Lifespan[FastAPI]) -> FastAPI:
    """All calls of `office` as an ASGI application.

    Args:
        ticks: seconds of a clock that only runs forward, for the access log.
        lifespan: what runs beside it.
    """
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    reception = Reception(office)
    app.include_router(calls_public.routes(reception))
    app.include_router(calls_device.routes(reception))
    app.include_router(calls_console.routes(reception))
    app.include_router(calls_notices.routes(reception))
    app.include_router(pages.routes(reception))
    app.add_exception_handler(InspectorError, on_refusal)
    app.add_exception_handler(HTTPException, on_routing)
    app.add_middleware(Gate, office=office, ticks=ticks)
    return app


class Gate:
    """ASGI middleware.

    Args:
        ticks: seconds of a clock that only runs forward, for the access log.
    """

    def __init__(self, app: ASGIApp, *, office: Office, ticks: Callable[[], float]) -> None:
        self._app = app
        self._office = office
        self._ticks = ticks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._ticks()
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                nonce = self._office.nonces.issue(self._office.clock())
                message["headers"] = [
                    *message.get("headers", []),
                    (NONCE_HEADER.lower().encode("ascii"), nonce.encode("ascii")),
                ]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception:  # noqa: BLE001
            # The one place where everything is caught: the server goes on, its log has the trace.
            failures.exception("%s %s", scope["method"], template(scope))
            if status == 0:
                await answer(OfficeFailedError())(scope, receive, sent)
        finally:
            spent_ms = round((self._ticks() - began) * 1000)
            access.info("%s %s %d %d ms", scope["method"], template(scope), status, spent_ms)


async def on_refusal(request: Request, error: Exception) -> Response:
    """The answer to a failure of our own family."""
    del request
    assert isinstance(error, InspectorError)  # noqa: S101
    if isinstance(error, IdentifierMalformedError):
        return answer(MessageMalformedError(reason=error.message))
    return answer(error)


async def on_routing(request: Request, error: Exception) -> Response:
    """The answer to a path or method that is none of ours: to a person who mistyped, the page."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 404 and pages.is_for_a_person(request):
        return pages.nowhere()
    return answer(RequestUnknownError(what="这个地址"), status)
