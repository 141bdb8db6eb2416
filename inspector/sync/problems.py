"""What an HTTP answer means when it is not the one that was asked for.

* A problem's code gives back the very class that the server raised; a code that this version does not know
  keeps its sentence in `OfficeRefusedError`.
* What was not written by the office (a login page, a proxy) never passes for a refusal: it is an
  `AvailabilityError`, so that nothing is set aside because of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from inspector.errors import (
    InspectorError,
    MessageMalformedError,
    OfficeAnswerError,
    OfficeBusyError,
    OfficeFailedError,
    OfficeRefusedError,
    OfficeUnreachableError,
    RequestForbiddenError,
    RequestTooLargeError,
    TrustError,
    UploadUnknownError,
    error_class,
)
from inspector.sync.messages import read_problem
from inspector.sync.protocol import JSON_TYPE, NONCE_HEADER
from inspector.trust.strict_json import parse_object
from inspector.work.ports import Problem

DEFAULT_RETRY_S = 30
MAX_RETRY_S = 3600

_TEMPORARY = frozenset({429, 500, 502, 503, 504})
_SECONDS = re.compile(r"[0-9]{1,6}")
_CONTENT_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


def retry_after_s(header: str | None) -> int:
    """Seconds that a `Retry-After` header asks for, within an hour; its date form counts as none.

    Telling a date's distance would need the client's clock, which is not to be relied on.
    """
    if header is None or not _SECONDS.fullmatch(header.strip()):
        return DEFAULT_RETRY_S
    return min(int(header), MAX_RETRY_S)


def media_type(header: str | None) -> str:
    """The bare media type of a `Content-Type` header, or a word for its lack."""
    found = _CONTENT_TYPE.match((header or "").strip().lower())
    return found.group()[:60] if found else "未注明类型"


def problem_of(status: int, headers: Mapping[str, str], body: bytes) -> InspectorError:
    """The error that an answer with a status other than 2xx stands for."""
    if status in (404, 410) and not body and NONCE_HEADER in headers:
        return UploadUnknownError()  # the answer to HEAD, which has no body to say it in
    if media_type(headers.get("Content-Type")) != JSON_TYPE:
        return _foreign(status, headers)
    try:
        problem, details = read_problem(parse_object(body))
    except MessageMalformedError:
        return _foreign(status, headers)
    known = error_class(problem.code)
    if known is None or known.fact_names() != set(details):
        return _unknown(status, headers, problem)
    error = known(**details)
    if isinstance(error, TrustError) and status not in (401, 403):
        # It distrusts what was sent, not who sends: that concerns one entry.
        return OfficeRefusedError(said=error.message.rstrip("。"), problem=error.code)
    return error


def _unknown(status: int, headers: Mapping[str, str], problem: Problem) -> InspectorError:
    """What the office said in words that this version does not know."""
    if status in (401, 403):
        return RequestForbiddenError(act=problem.message.rstrip("。"))
    if status in _TEMPORARY or status == 413:
        return _foreign(status, headers)
    return OfficeRefusedError(said=problem.message.rstrip("。"), problem=problem.code)


def _foreign(status: int, headers: Mapping[str, str]) -> InspectorError:
    """What the status alone says; the answer may come from something between here and the office."""
    if status in (429, 503):
        return OfficeBusyError(retry_after_s=retry_after_s(headers.get("Retry-After")))
    if status in (502, 504):
        return OfficeUnreachableError()
    if status == 413:
        return RequestTooLargeError()
    if status == 500:
        return OfficeFailedError()
    return OfficeAnswerError(reason=f"{status} {media_type(headers.get('Content-Type'))}")
