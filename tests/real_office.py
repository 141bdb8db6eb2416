"""The real office server over real HTTP on loopback, for the cast of the simulator."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import TracebackType

import uvicorn

from inspector.server.app import application
from inspector.server.limits import Limits, Rate
from inspector.server.office import open_office
from inspector.sync.address import OfficeAddress
from inspector.sync.desk import DeskOffice
from inspector.sync.device import DeviceOffice
from inspector.sync.transport import Transport
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.keys import SigningKey
from inspector.trust.statement import issue_statement
from tests.new_server import new_server
from tests.simulator import NOW_MS, TENANT, Cast

_WIDE = Rate(burst=1_000_000, per_minute=1_000_000)


class RealOffice:
    """A server in a thread, whose office is that of `cast`; its log key is the server's own."""

    def __init__(self, folder: Path, *, cast: Cast | None = None) -> None:
        """A new office in `folder`, or with a `cast` the one that is there."""
        if cast is None:
            verifier = LogVerifier.from_text(new_server(folder, tenant=TENANT))
            cast = _with_log(Cast.new(), verifier)
        self.cast = cast
        self._limits = Limits(device=_WIDE, address=_WIDE, enrolment=_WIDE, reply_address=_WIDE)
        self.now_ms = NOW_MS
        """The server's time, which a test moves."""
        self._office = open_office(folder, clock=lambda: self.now_ms, limits=self._limits)
        self._office.adopt(self.cast.envelope)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            application(self._office), log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="real-office"
        )
        self._open: list[Transport] = []

    def __enter__(self) -> RealOffice:
        self._thread.start()
        self.desk().send_entries([self.cast.certificate_envelope])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for transport in self._open:
            transport.close()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def transport(
        self,
        key: SigningKey | None,
        *,
        port: int | None = None,
        timeouts_s: tuple[float, float] = (5, 20),
    ) -> Transport:
        """A connection, straight or by way of a proxy."""
        address = OfficeAddress.parse(f"http://127.0.0.1:{port or self.port}")
        transport = Transport(address, key=key, timeouts_s=timeouts_s)
        self._open.append(transport)
        return transport

    def device(self, **options: object) -> DeviceOffice:
        """The device's face."""
        return DeviceOffice(self.transport(self.cast.device, **options))  # type: ignore[arg-type]

    def desk(self, **options: object) -> DeskOffice:
        """The console's face."""
        return DeskOffice(self.transport(self.cast.feed, **options))  # type: ignore[arg-type]


def sealed(text: str, size: int = 200) -> bytes:
    """Bytes that begin as an age file does: the server looks no further."""
    body = b"age-encryption.org/v1\n" + sha256(text.encode()).digest()
    return body + bytes(max(0, size - len(body)))


def _with_log(cast: Cast, verifier: LogVerifier) -> Cast:
    statement = replace(cast.statement, log=verifier)
    return replace(cast, statement=statement, envelope=issue_statement(statement, cast.root))
