"""HTTP as this program speaks it: one origin, signed requests, bounded answers, typed failures.

* No redirect is followed and no setting of the environment is read: the request goes where it was signed for.
* The next nonce is taken from every answer; a request refused for its nonce alone is repeated once.
* Whatever the library raises leaves here as a class of `inspector.errors`, with its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import requests
from urllib3.exceptions import ReadTimeoutError

from inspector.errors import (
    AvailabilityError,
    MessageMalformedError,
    OfficeAnswerError,
    OfficeCertificateError,
    OfficeMismatchError,
    OfficeTimeoutError,
    OfficeUnreachableError,
    RequestNonceError,
)
from inspector.sync import protocol
from inspector.sync.address import OfficeAddress
from inspector.sync.lines import Lines
from inspector.sync.messages import Payload, read_hello
from inspector.sync.packing import CONTENT_ENCODING, GZIP, PACK_FROM_BYTES, packed
from inspector.sync.problems import media_type, problem_of
from inspector.trust.keys import SigningKey
from inspector.trust.strict_json import JsonValue, canonical, parse
from inspector.work.ports import Hello

CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 60
PATIENCE_S = 600
"""For a whole request: a megabyte over a line of two kilobytes a second."""

T = TypeVar("T")
U = TypeVar("U")

_BLOCK = 64 * 1024
_NOTE_LIMIT = 64 * 1024
_NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A 2xx answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """A connection to one office server.

    Args:
        address: where it is.
        key: signs the requests; None for somebody who is not enrolled yet and may ask only public calls.
        audience: the server's own name as known from enrolment; None takes it from its first `hello`.
        ca_file: certificates to trust instead of the system's.
        timeouts_s: for connecting, and between two pieces of an answer.
        patience_s: for a whole request, to the last byte of its answer.
    """

    def __init__(
        self,
        address: OfficeAddress,
        *,
        key: SigningKey | None = None,
        audience: str | None = None,
        ca_file: Path | None = None,
        timeouts_s: tuple[float, float] = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._origin = address.origin
        self._key = key
        self._audience = audience
        self._nonce: str | None = None
        self._timeouts_s = timeouts_s
        self._lines = Lines(patience_s)
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._lines.adapter())
        self._session.trust_env = False
        self._session.verify = True if ca_file is None else str(ca_file)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def hang_up(self) -> None:
        """End the request under way from another thread, and any later one.

        Whoever waits for its answer gets an `AvailabilityError`.
        """
        self._lines.hang_up()

    def hello(self) -> Hello:
        """Who answers at the address.

        Raises:
            OfficeMismatchError: a server with another name than the one enrolled with.
        """
        hello = understood(read_hello, self.json("GET", protocol.HELLO, signed=False))
        if self._audience is not None and hello.audience != self._audience:
            raise OfficeMismatchError(reason="服务器的名称与登记时不同")
        self._audience = hello.audience
        return hello

    def json(
        self, method: str, path: str, payload: Payload | None = None, *, signed: bool = True
    ) -> JsonValue:
        """The JSON value that the server answers.

        Raises:
            InspectorError: what the server refused with; an `AvailabilityError` for no sound answer.
        """
        body = b"" if payload is None else canonical(payload)
        headers = {} if payload is None else {"Content-Type": protocol.JSON_TYPE}
        if signed and len(body) >= PACK_FROM_BYTES:
            body, headers[CONTENT_ENCODING] = packed(body), GZIP
        answer = self.call(method, path, body=body, headers=headers, signed=signed)
        return understood(parse, _of_kind(answer, protocol.JSON_TYPE))

    def checkpoint(self) -> bytes:
        """The log's newest signed note, not looked into yet.

        Raises:
            InspectorError: as `json`.
        """
        answer = self.call("GET", protocol.LOG_CHECKPOINT, signed=False, limit=_NOTE_LIMIT)
        return _of_kind(answer, protocol.CHECKPOINT_TYPE)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] = _NO_HEADERS,
        signed: bool = True,
        limit: int = protocol.MAX_ANSWER_BYTES,
    ) -> Answer:
        """A 2xx answer of at most `limit` bytes.

        Raises:
            InspectorError: as `json`.
        """
        with self._opened(method, path, body, headers, signed) as response:
            content = b"".join(_blocks(response, limit))
            return Answer(status=response.status_code, headers=response.headers, body=content)

    def fetch(self, path: str, sink: BinaryIO, *, limit: int, headers: Mapping[str, str]) -> Answer:
        """Write a body of at most `limit` bytes to `sink` as it comes; the answer's own body stays empty.

        Raises:
            InspectorError: as `json`; what came before is in `sink`.
        """
        with self._opened("GET", path, b"", headers, True) as response:
            for block in _blocks(response, limit):
                sink.write(block)
            return Answer(status=response.status_code, headers=response.headers, body=b"")

    @contextmanager
    def _opened(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], signed: bool
    ) -> Iterator[requests.Response]:
        """A 2xx response whose body is still to be read."""
        with self._lines.patiently() as late, _foreign_errors(late):
            try:
                response = self._asked(method, path, body, headers, signed)
            except RequestNonceError:
                response = self._asked(method, path, body, headers, signed)
            with response:
                yield response

    def _asked(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], signed: bool
    ) -> requests.Response:
        """One request; raises what the server refused it with."""
        sent = {"Accept-Encoding": "identity", **headers}
        if signed:
            sent[protocol.AUTHORIZATION] = self._authorization(method, path, body)
        response = self._sent(method, path, body, sent)
        self._nonce = response.headers.get(protocol.NONCE_HEADER)
        if 200 <= response.status_code < 300:
            if self._nonce is None:
                # The office gives one with every answer; a login page says 200 as well, to anything.
                response.close()
                raise OfficeAnswerError(reason=media_type(response.headers.get("Content-Type")))
            return response
        with response:
            content = b"".join(_blocks(response, protocol.MAX_ANSWER_BYTES))
        raise problem_of(response.status_code, response.headers, content)

    def _sent(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        try:
            return self._session.request(
                method,
                self._origin + path,
                data=body,
                headers=headers,
                timeout=self._timeouts_s,
                stream=True,
                allow_redirects=False,
            )
        except requests.exceptions.RequestException:
            raise
        except OSError as error:
            # What `requests` lets through as it is: the certificates to trust are not where they should be.
            raise OfficeCertificateError from error

    def _authorization(self, method: str, path: str, body: bytes) -> str:
        if self._key is None:
            raise TypeError("a signed request needs a key")
        if self._nonce is None or self._audience is None:
            self.hello()
        if self._nonce is None or self._audience is None:
            raise OfficeAnswerError(reason="没有给出一次性编号")
        nonce, self._nonce = self._nonce, None
        statement = protocol.RequestStatement(
            nonce=nonce,
            audience=self._audience,
            method=method,
            path=path,
            sha256=protocol.body_sha256(body),
        )
        return protocol.authorization(statement, self._key)


def understood(read: Callable[[T], U], answer: T) -> U:
    """What `read` makes of an answer.

    Raises:
        OfficeAnswerError: it makes nothing of it; the answer may not be the office's at all.
    """
    try:
        return read(answer)
    except MessageMalformedError as error:
        raise OfficeAnswerError(reason=str(error.facts["reason"])) from error


def _of_kind(answer: Answer, kind: str) -> bytes:
    """The body of an answer of that media type; any other is not the office's."""
    found = media_type(answer.headers.get("Content-Type"))
    if found != kind:
        raise OfficeAnswerError(reason=found)
    return answer.body


def _blocks(response: requests.Response, limit: int) -> Iterator[bytes]:
    """The body in blocks.

    That it ends before its announced length is noticed by the library.

    Raises:
        OfficeAnswerError: it is longer than `limit`.
    """
    announced = response.headers.get("Content-Length", "")
    length = int(announced) if announced.isdecimal() and announced.isascii() else None
    if response.request.method == "HEAD":
        return
    if length is not None and length > limit:
        raise OfficeAnswerError(reason=f"超过 {limit} 字节")
    received = 0
    for block in response.iter_content(_BLOCK):
        received += len(block)
        if received > limit:
            raise OfficeAnswerError(reason=f"超过 {limit} 字节")
        yield block


@contextmanager
def _foreign_errors(late: list[bool]) -> Iterator[None]:
    """Every exception of `requests` as a class of ours; `late` holds something once the line was cut."""
    try:
        yield
    except requests.exceptions.RequestException as error:
        if late:
            raise OfficeTimeoutError from error
        raise _explained(error) from error


def _explained(error: requests.exceptions.RequestException) -> AvailabilityError:
    match error:
        case requests.exceptions.SSLError():
            return OfficeCertificateError()
        case requests.exceptions.Timeout():
            return OfficeTimeoutError()
        case requests.exceptions.ContentDecodingError() | requests.exceptions.InvalidHeader():
            return OfficeAnswerError(reason="编码不对")
        case _:
            return OfficeTimeoutError() if _timed_out(error) else OfficeUnreachableError()


def _timed_out(error: requests.exceptions.RequestException) -> bool:
    # A timeout while the body is read arrives as a ConnectionError that carries urllib3's own.
    return bool(error.args) and isinstance(error.args[0], ReadTimeoutError)
