"""Numbers in the query of a request, read strictly: what a client meant to ask must not be guessed."""

from __future__ import annotations

from starlette.requests import Request

from inspector.errors import MessageMalformedError

MAX_NUMBER = 2**53 - 1


def number_in(
    request: Request, name: str, *, least: int, most: int = MAX_NUMBER, default: int | None = None
) -> int:
    """The number called `name` in the query.

    Raises:
        MessageMalformedError: it is missing without a default, stands twice, is no plain number or out of
            bounds.
    """
    found = request.query_params.getlist(name)
    if not found and default is not None:
        return default
    text = found[0] if len(found) == 1 else ""
    if not text.isascii() or not text.isdecimal() or len(text) > 16 or not least <= int(text) <= most:
        raise MessageMalformedError(reason=f"查询中的 {name} 不对")
    return int(text)
