"""Which failure has which HTTP status, and how it is written down: the only such table.

* The body is `{code, message, hint, details}`; its code leads the client back to the same class of error.
* What is not of our family is `office.failed`: a stranger learns nothing from it, the server's own log does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.responses import Response

from inspector import errors
from inspector.errors import InspectorError
from inspector.sync.messages import problem_payload
from inspector.sync.protocol import JSON_TYPE, RETRY_AFTER

STATUS: Mapping[type[InspectorError], int] = {
    errors.MessageMalformedError: 400,
    errors.RequestStatementError: 401,
    errors.RequestNonceError: 401,
    errors.SignatureInvalidError: 401,
    errors.SignerUnknownError: 401,
    errors.PayloadTypeError: 401,
    errors.SignerRevokedError: 403,
    errors.RequestForbiddenError: 403,
    errors.ReplyCodeWrongError: 403,
    errors.RequestUnknownError: 404,
    errors.UploadUnknownError: 404,
    errors.EnrolmentUnknownError: 404,
    errors.NoticeUnregisteredError: 404,
    errors.EnrolmentSpentError: 410,
    errors.ReplyClosedError: 410,
    errors.RequestTooLargeError: 413,
    errors.ReplyTooLargeError: 413,
    errors.RequestTooOftenError: 429,
    errors.ReplyTooOftenError: 429,
    errors.OfficeFailedError: 500,
    errors.UploadQuotaError: 507,
    errors.RepliesFullError: 507,
    # What the table does not name has the status of its branch.
    errors.RefusalError: 409,
    errors.FormatError: 422,
    errors.TrustError: 422,
    errors.AvailabilityError: 503,
}


def status_of(error: InspectorError) -> int:
    """The HTTP status of a failure."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def answer(error: InspectorError, status: int | None = None) -> Response:
    """The response that tells a client of `error`.

    Args:
        error: what happened.
        status: another status than the table's, where HTTP has a better word.
    """
    body = problem_payload(error.code, error.message, error.next_step, error.facts)
    wait_s = error.facts.get("retry_after_s")
    headers = {} if wait_s is None else {RETRY_AFTER: str(wait_s)}
    return json_response(body, status_of(error) if status is None else status, headers)


def json_response(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`body` as compact JSON that no cache keeps and no browser takes for anything else."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    fixed = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(content, status_code=status, media_type=JSON_TYPE, headers=fixed | dict(headers or {}))
