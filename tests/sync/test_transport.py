"""One origin, signed requests, bounded answers, typed failures."""

from __future__ import annotations

import datetime
import gzip
import json
import ssl
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from inspector.errors import (
    AvailabilityError,
    InspectorError,
    LogBehindError,
    OfficeAnswerError,
    OfficeBusyError,
    OfficeCertificateError,
    OfficeFailedError,
    OfficeMismatchError,
    OfficeRefusedError,
    OfficeTimeoutError,
    OfficeUnreachableError,
    RequestForbiddenError,
    RequestNonceError,
    RequestTooLargeError,
    RequestUnknownError,
    SignatureInvalidError,
    SignerRevokedError,
    UploadUnknownError,
)
from inspector.sync import protocol
from inspector.sync.address import OfficeAddress
from inspector.sync.messages import problem_payload
from inspector.sync.transport import Transport
from inspector.trust.strict_json import canonical
from tests.simulator import key
from tests.sync.dripping_server import BODY, HEADERS, SILENT, dripping_server
from tests.sync.scripted_server import Said, Script, scripted_server

KEY = key("device")
JSON = {"Content-Type": "application/json", "Inspector-Nonce": "next"}
HELLO = {
    "v": 1,
    "tenant": "t",
    "audience": "office.sample",
    "statement": b64encode(b"s").decode(),
    "time_ms": 0,
}


def said(value: object, status: int = 200, **headers: str) -> Said:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Said(status, {**JSON, **named}, json.dumps(value).encode())


def problem(error: InspectorError, status: int, **headers: str) -> Said:
    return said(problem_payload(error.code, error.message, error.next_step, error.facts), status, **headers)


@contextmanager
def speaking(*answers: Said, audience: str | None = None) -> Iterator[tuple[Transport, Script]]:
    with scripted_server(*answers) as script:
        transport = Transport(
            OfficeAddress.parse(f"http://127.0.0.1:{script.port}"),
            key=KEY,
            audience=audience,
            timeouts_s=(5, 5),
        )
        yield transport, script
        transport.close()


def statements(script: Script) -> list[protocol.RequestStatement]:
    headers = [heard.headers["Authorization"] for heard in script.heard if "Authorization" in heard.headers]
    return [protocol.proven_request(header, [KEY.public]).statement for header in headers]


def test_each_request_is_signed_for_itself_with_the_nonce_of_the_answer_before() -> None:
    answers = [said(HELLO, Inspector_Nonce="one"), said({}, Inspector_Nonce="two"), said({})]
    with speaking(*answers) as (transport, script):
        transport.json("POST", "/api/v1/have", {"a": 1})
        transport.json("GET", "/api/v1/feed?after=3&limit=100")
    first, second = statements(script)
    first.check(
        audience="office.sample",
        method="POST",
        path="/api/v1/have",
        body_sha256=protocol.body_sha256(b'{"a":1}'),
    )
    second.check(
        audience="office.sample",
        method="GET",
        path="/api/v1/feed?after=3&limit=100",
        body_sha256=sha256(b"").hexdigest(),
    )
    assert (first.nonce, second.nonce) == ("one", "two")


def test_a_long_body_is_packed_and_signed_for_as_it_is_sent() -> None:
    payload = {"hashes": ["ab" * 32] * 20}
    with speaking(said(HELLO), said({}), said({})) as (transport, script):
        transport.json("POST", "/x", payload)
        transport.json("POST", "/x", {"a": 1})
    _, long, short = script.heard
    assert long.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(long.body) == canonical(payload)
    assert statements(script)[0].sha256 == protocol.body_sha256(long.body)
    assert "Content-Encoding" not in short.headers
    assert short.body == b'{"a":1}'


def test_a_late_nonce_costs_one_repetition() -> None:
    late = problem(RequestNonceError(), 401, Inspector_Nonce="fresh")
    with speaking(said(HELLO, Inspector_Nonce="old"), late, said({"ok": 1})) as (transport, script):
        assert transport.json("GET", "/x") == {"ok": 1}
    assert [statement.nonce for statement in statements(script)] == ["old", "fresh"]


def test_a_nonce_that_is_never_good_ends_after_one_repetition() -> None:
    late = [problem(RequestNonceError(), 401, Inspector_Nonce="again") for _ in range(9)]
    with speaking(said(HELLO, Inspector_Nonce="old"), *late) as (transport, script):
        with pytest.raises(RequestNonceError):
            transport.json("GET", "/x")
        assert len(script.heard) == 3


def test_an_office_without_nonces_is_not_understood() -> None:
    without = Said(200, {"Content-Type": "application/json"}, json.dumps(HELLO).encode())
    with speaking(without, said({})) as (transport, script), pytest.raises(OfficeAnswerError):
        transport.json("GET", "/x")
    assert len(script.heard) == 1


def test_another_audience_than_at_enrolment_gets_no_signed_request() -> None:
    answer = said(HELLO, Inspector_Nonce="n")
    with speaking(answer, audience="another") as (transport, script):
        with pytest.raises(OfficeMismatchError):
            transport.json("GET", "/x")
        assert statements(script) == []


def test_no_redirect_is_followed() -> None:
    with scripted_server(said({})) as elsewhere:
        away = Said(302, {"Location": f"http://127.0.0.1:{elsewhere.port}/"}, b"")
        with (
            speaking(said(HELLO, Inspector_Nonce="n"), away) as (transport, _),
            pytest.raises(OfficeAnswerError),
        ):
            transport.json("GET", "/x")
        assert elsewhere.heard == []


HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = "<html>登录</html>".encode()
ANSWERS: list[tuple[Said, type[InspectorError]]] = [
    (problem(SignatureInvalidError(reason="x"), 401), SignatureInvalidError),
    (problem(SignerRevokedError(key_id="k"), 403), SignerRevokedError),
    (said({"code": "new.code", "message": "新的理由"}, 403), RequestForbiddenError),
    (problem(RequestUnknownError(what="x"), 404), RequestUnknownError),
    (said({"code": "new.code", "message": "新的理由", "details": {"a": 1}}, 409), OfficeRefusedError),
    (problem(SignatureInvalidError(reason="x"), 422), OfficeRefusedError),
    (said({"code": "request.unknown", "message": "x", "details": {}}, 404), OfficeRefusedError),
    (problem(RequestTooLargeError(), 413), RequestTooLargeError),
    (Said(413, HTML, PAGE), RequestTooLargeError),
    (Said(429, HTML, PAGE), OfficeBusyError),
    (Said(503, {**HTML, "Retry-After": "17"}, PAGE), OfficeBusyError),
    (problem(LogBehindError(retry_after_s=60), 503), LogBehindError),
    (problem(OfficeFailedError(), 500), OfficeFailedError),
    (Said(500, HTML, PAGE), OfficeFailedError),
    (Said(502, HTML, PAGE), OfficeUnreachableError),
    (Said(504, HTML, PAGE), OfficeUnreachableError),
    (Said(401, HTML, PAGE), OfficeAnswerError),
    (Said(403, HTML, PAGE), OfficeAnswerError),
    (Said(404, HTML, PAGE), OfficeAnswerError),
    (Said(511, HTML, PAGE), OfficeAnswerError),
    (Said(200, HTML, PAGE), OfficeAnswerError),
    (Said(200, {"Content-Type": "application/json"}, b"{}"), OfficeAnswerError),
    (Said(200, {"Inspector-Nonce": "n"}, b"{}"), OfficeAnswerError),
    (Said(200, {**HTML, "Inspector-Nonce": "n"}, PAGE), OfficeAnswerError),
    (Said(200, JSON, b""), OfficeAnswerError),
    (Said(200, JSON, b'{"a":1,"a":2}'), OfficeAnswerError),
    (Said(200, JSON, b'{"a":1.5}'), OfficeAnswerError),
    (Said(200, JSON, b"\xff"), OfficeAnswerError),
    (Said(409, JSON, b"[]"), OfficeAnswerError),
    (Said(200, {**JSON, "Content-Length": str(protocol.MAX_ANSWER_BYTES + 1)}, b"{"), OfficeAnswerError),
    (Said(200, {**JSON, "Connection": "close"}, b" " * (protocol.MAX_ANSWER_BYTES + 10)), OfficeAnswerError),
]


@pytest.mark.parametrize(("answer", "error"), ANSWERS)
def test_each_answer_has_its_class_its_sentence_and_its_next_step(
    answer: Said, error: type[InspectorError]
) -> None:
    with (
        speaking(said(HELLO, Inspector_Nonce="n"), answer) as (transport, _),
        pytest.raises(InspectorError) as caught,
    ):
        transport.json("GET", "/x")
    assert type(caught.value) is error
    assert any("一" <= sign <= "鿿" for sign in caught.value.message)
    assert any("一" <= sign <= "鿿" for sign in caught.value.next_step)


def test_what_only_a_login_page_said_sets_nothing_aside() -> None:
    for status in (200, 301, 302, 401, 403, 404, 409, 422, 511):
        with (
            speaking(said(HELLO, Inspector_Nonce="n"), Said(status, HTML, PAGE)) as (transport, _),
            pytest.raises(AvailabilityError),
        ):
            transport.json("GET", "/x")


def test_a_server_names_the_time_to_come_back() -> None:
    for header, seconds in [("17", 17), ("999999", 3600), ("Wed, 21 Oct 2026 07:28:00 GMT", 30), ("-1", 30)]:
        answer = Said(503, {**HTML, "Retry-After": header}, PAGE)
        with (
            speaking(said(HELLO, Inspector_Nonce="n"), answer) as (transport, _),
            pytest.raises(OfficeBusyError) as caught,
        ):
            transport.json("GET", "/x")
        assert caught.value.facts["retry_after_s"] == seconds


def test_an_upload_that_head_does_not_find_is_unknown() -> None:
    gone = Said(404, {"Inspector-Nonce": "n"}, b"")
    with (
        speaking(said(HELLO, Inspector_Nonce="n"), gone) as (transport, _),
        pytest.raises(UploadUnknownError),
    ):
        transport.call("HEAD", "/api/v1/uploads/a")


def test_certificates_that_are_not_there_are_told_as_such(tmp_path: Path) -> None:
    address = OfficeAddress.parse("https://localhost:1")
    transport = Transport(address, ca_file=tmp_path / "none.pem")
    with pytest.raises(OfficeCertificateError):
        transport.hello()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for localhost, signed by itself, and the file that trusts it."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"


def test_a_certificate_that_nobody_vouches_for_ends_before_anything_is_sent(
    tls: tuple[ssl.SSLContext, Path],
) -> None:
    context, trusted = tls
    with scripted_server(said(HELLO), tls=context) as script:
        address = OfficeAddress.parse(f"https://localhost:{script.port}")
        stranger = Transport(address)
        with pytest.raises(OfficeCertificateError):
            stranger.hello()
        stranger.close()
        assert script.heard == []
        knowing = Transport(address, ca_file=trusted)
        assert knowing.hello().audience == "office.sample"
        knowing.close()


@pytest.mark.parametrize("headers", [{**JSON, "Connection": "close"}, JSON])
def test_no_answer_is_read_beyond_its_limit(headers: dict[str, str]) -> None:
    with speaking(Said(200, headers, bytes(101))) as (transport, _), pytest.raises(OfficeAnswerError):
        transport.call("GET", "/x", signed=False, limit=100)
    with speaking(Said(200, headers, bytes(100))) as (transport, _):
        assert len(transport.call("GET", "/x", signed=False, limit=100).body) == 100


@pytest.mark.parametrize("how", [SILENT, HEADERS, BODY])
def test_a_server_that_drips_is_given_up_after_a_while(how: str) -> None:
    with dripping_server(how, drips=100) as (port, _):
        transport = Transport(OfficeAddress.parse(f"http://127.0.0.1:{port}"), patience_s=0.3)
        with pytest.raises(OfficeTimeoutError):
            transport.hello()
        transport.close()


def test_a_server_that_drips_over_tls_is_given_up_after_a_while(tls: tuple[ssl.SSLContext, Path]) -> None:
    context, trusted = tls
    with dripping_server(BODY, tls=context, drips=100) as (port, _):
        address = OfficeAddress.parse(f"https://localhost:{port}")
        transport = Transport(address, ca_file=trusted, patience_s=0.3)
        with pytest.raises(OfficeTimeoutError):
            transport.hello()
        transport.close()


@pytest.mark.parametrize("how", [SILENT, HEADERS, BODY])
def test_hanging_up_ends_the_wait_and_lets_no_later_request_through(how: str) -> None:
    with ThreadPoolExecutor(1) as thread, dripping_server(how) as (port, asked):
        transport = Transport(OfficeAddress.parse(f"http://127.0.0.1:{port}"), patience_s=8)
        waiting = thread.submit(transport.hello)
        assert asked.wait(30)
        transport.hang_up()
        assert isinstance(waiting.exception(timeout=30), OfficeUnreachableError)
        with pytest.raises(OfficeUnreachableError):
            transport.hello()
        transport.close()


@pytest.mark.parametrize("signed", [False, True])
def test_a_login_page_that_says_yes_to_everything_is_no_answer_to_anything(signed: bool) -> None:
    for method in ("GET", "PUT", "POST", "PATCH", "DELETE"):
        with (
            speaking(*[said(HELLO)] * signed, Said(200, HTML, PAGE)) as (transport, _),
            pytest.raises(OfficeAnswerError),
        ):
            transport.call(method, "/x", signed=signed)
