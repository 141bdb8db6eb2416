"""The public pages: static files under a policy that lets nothing in from elsewhere and nothing out.

* One page for every notice: what differs is in the address, and its fragment never comes here.
* No cookie, no third party, no script that is not a file of this folder.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from inspector.errors import RequestUnknownError
from inspector.server.reception import Reception

FOLDER: Final = "public"
PAGE: Final = "page.html"
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # A phone asks every time whether the page is still this one: it must not check with an old script.
    "Cache-Control": "no-cache",
}


def routes(reception: Reception) -> APIRouter:
    """The page of a notice, by its public id or by its locator, and the files it loads."""
    router = APIRouter()

    async def page(request: Request, name: str) -> Response:
        del name
        await reception.anybody(request)
        return _file(PAGE)

    # As people type them: keyboards begin with a capital letter, and some close with a slash.
    for kind in "nNrR":
        for end in ("", "/"):
            router.add_api_route(f"/{kind}/{{name}}{end}", page, methods=["GET"])

    @router.get("/public/{name}")
    async def asset(request: Request, name: str) -> Response:
        await reception.anybody(request)
        return _file(name)

    return router


def is_for_a_person(request: Request) -> bool:
    """Whether somebody with a browser asks, at an address where no program has anything to ask."""
    is_call = request.url.path.startswith("/api/")
    return request.method == "GET" and not is_call and "text/html" in request.headers.get("accept", "")


def nowhere() -> Response:
    """The page at an address of nothing, where it says how to come to a notice."""
    return _file(PAGE, status=404)


def _file(name: str, status: int = 200) -> Response:
    """A file of the folder.

    Raises:
        RequestUnknownError: there is none of that name.
    """
    content = _contents().get(name)
    if content is None:
        raise RequestUnknownError(what="这个地址")
    return Response(content, status, headers=_HEADERS | {"Content-Type": _TYPES[name.rpartition(".")[2]]})


@cache
def _contents() -> dict[str, bytes]:
    """Every file of the folder, read once."""
    folder = files("inspector.server") / FOLDER
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name.rpartition(".")[2] in _TYPES}
