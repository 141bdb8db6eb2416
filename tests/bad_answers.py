"""What an office's server, or something between it and here, may answer instead of an answer."""

from __future__ import annotations

import json

from inspector.errors import (
    InspectorError,
    OfficeAnswerError,
    OfficeBusyError,
    OfficeFailedError,
    OfficeUnreachableError,
    RequestForbiddenError,
    RequestTooLargeError,
)
from inspector.sync import protocol
from tests.sync.scripted_server import Said

JSON = {"Content-Type": "application/json", "Inspector-Nonce": "next"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = "<html>请登录无线网络</html>".encode()


def _problem(status: int, code: str, message: str) -> Said:
    return Said(status, JSON, json.dumps({"code": code, "message": message}).encode())


BAD_ANSWERS: dict[str, tuple[Said, InspectorError]] = {
    "a login page": (Said(200, HTML, PAGE), OfficeAnswerError(reason="text/html")),
    "a way to elsewhere": (
        Said(302, {"Location": "http://127.0.0.1:9/"}, b""),
        OfficeAnswerError(reason="302 未注明类型"),
    ),
    "not allowed, by a page": (Said(401, HTML, PAGE), OfficeAnswerError(reason="401 text/html")),
    "forbidden, by a page": (Said(403, HTML, PAGE), OfficeAnswerError(reason="403 text/html")),
    "forbidden, by the office": (_problem(403, "new.code", "不许"), RequestForbiddenError(act="不许")),
    "too large": (Said(413, HTML, PAGE), RequestTooLargeError()),
    "too often": (Said(429, {**HTML, "Retry-After": "7"}, PAGE), OfficeBusyError(retry_after_s=7)),
    "a failure": (Said(500, HTML, PAGE), OfficeFailedError()),
    "a gateway": (Said(502, HTML, PAGE), OfficeUnreachableError()),
    "half an answer": (
        Said(200, JSON, b'{"v":1,"tenant":"sample-off'),
        OfficeAnswerError(reason="不是 JSON"),
    ),
    "an answer that breaks off": (
        Said(200, {**JSON, "Content-Length": "5000", "Connection": "close"}, b'{"v":1,'),
        OfficeUnreachableError(),
    ),
    "a gigantic answer": (
        Said(200, {**JSON, "Content-Length": str(1 << 40)}, b"{"),
        OfficeAnswerError(reason=f"超过 {protocol.MAX_ANSWER_BYTES} 字节"),
    ),
    "an endless answer": (
        Said(200, {**JSON, "Connection": "close"}, b" " * (protocol.MAX_ANSWER_BYTES + 1)),
        OfficeAnswerError(reason=f"超过 {protocol.MAX_ANSWER_BYTES} 字节"),
    ),
}
