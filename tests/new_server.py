"""A new office server's folder: made once in a run, and copied wherever a test wants one of its own."""

from __future__ import annotations

import atexit
import functools
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from inspector.server.office import create, open_office


def new_server(folder: Path, *, tenant: str) -> str:
    """A server's folder with its tables; gives its log's verifier string, which all copies share."""
    made, log = _made(tenant)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return log


@functools.cache
def _made(tenant: str) -> tuple[Path, str]:
    place = TemporaryDirectory()
    atexit.register(place.cleanup)
    folder = Path(place.name) / "office"
    log = create(folder, tenant=tenant)
    open_office(folder, clock=lambda: 0).archive.close()
    return folder, log
