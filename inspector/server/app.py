"""The office server: builds its parts from a folder and serves them. The root where adapters are made."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from inspector.errors import InspectorError, PlainHttpRefusedError
from inspector.server.api import api, failures
from inspector.server.limits import Limits
from inspector.server.office import Clock, Office, Storage, open_office
from inspector.server.sweep import sweep

SWEEP_EVERY_S = 3600
_BACKLOG = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Where a server listens.

    Attributes:
        host: an address or name; only a loopback one may go without TLS.
        port: 0 lets the system choose.
        tls_cert, tls_key: PEM files, both or neither.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls_cert: Path | None = None
    tls_key: Path | None = None

    def check(self) -> None:
        """Accept the binding.

        Raises:
            PlainHttpRefusedError: it would carry signed requests in the clear over a network.
        """
        if (self.tls_cert is None or self.tls_key is None) and not is_loopback(self.host):
            raise PlainHttpRefusedError(host=self.host)


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def build(
    folder: Path, *, clock: Clock, limits: Limits | None = None, storage: Storage | None = None
) -> FastAPI:
    """The server of a data folder as an ASGI application.

    Raises:
        OfficeFolderError: there is none in the folder.
        OfficeBusyError: its database cannot be reached.
    """
    return application(open_office(folder, clock=clock, limits=limits, storage=storage))


def application(office: Office) -> FastAPI:
    """The ASGI application over an opened office; it closes the office's archive at its own end."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(_sweep_now_and_then(office))
        try:
            yield
        finally:
            sweeping.cancel()
            office.archive.close()

    return api(office, ticks=time.perf_counter, lifespan=lifespan)


def serve(
    folder: Path,
    *,
    clock: Clock,
    binding: Binding,
    limits: Limits | None = None,
    storage: Storage | None = None,
) -> None:
    """Serve until the process is told to stop.

    Raises:
        PlainHttpRefusedError: the binding would carry requests in the clear over a network.
        OfficeFolderError, OfficeBusyError: as `build`.
    """
    binding.check()
    app = build(folder, clock=clock, limits=limits, storage=storage)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    uvicorn.Server(configuration(app, binding)).run()


def configuration(app: FastAPI, binding: Binding) -> uvicorn.Config:
    """How uvicorn serves `app`: one process, without its own access log, name and date."""
    return uvicorn.Config(
        app,
        host=binding.host,
        port=binding.port,
        ssl_certfile=binding.tls_cert,
        ssl_keyfile=binding.tls_key,
        access_log=False,
        server_header=False,
        date_header=False,
        backlog=_BACKLOG,
        log_level="info",
    )


async def _sweep_now_and_then(office: Office) -> None:
    while True:
        try:
            await run_in_threadpool(sweep, office, office.clock())
        except InspectorError as error:
            failures.warning("sweep: %s", error.code)
        await asyncio.sleep(SWEEP_EVERY_S)
