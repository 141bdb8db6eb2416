"""An HTTP server that answers by the script: whatever a stranger between tablet and office could say."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Said:
    """One answer."""

    status: int = 200
    headers: dict[str, str] = field(
        default_factory=lambda: {"Content-Type": "application/json", "Inspector-Nonce": "next"}
    )
    body: bytes = b"{}"


@dataclass
class Heard:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Script:
    """The answers to give, and the requests that came."""

    port: int
    answers: list[Said] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)


@contextmanager
def scripted_server(*answers: Said, tls: ssl.SSLContext | None = None) -> Iterator[Script]:
    """A server that gives `answers` in turn, then an empty 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.heard.append(Heard(self.command, self.path, dict(self.headers), body))
            said = script.answers.pop(0) if script.answers else Said(404, {"Content-Type": "text/plain"}, b"")
            self.send_response_only(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            if not {"Content-Length", "Connection"} & set(said.headers):
                self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said.body)

        do_GET = do_PUT = do_POST = do_HEAD = do_PATCH = do_DELETE = _answer

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, address: None  # type: ignore[method-assign]
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    script = Script(port=server.server_address[1], answers=list(answers))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="scripted")
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
