"""A new office server's folder: keys of its own, and tables that are made once in a run."""

from __future__ import annotations

import atexit
import functools
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from inspector.server.office import create, open_office


def new_server(folder: Path, *, tenant: str) -> str:
    """A server's folder that is ready to be opened; gives its log's verifier string."""
    log = create(folder, tenant=tenant)
    for table in _tables(tenant):
        shutil.copy(table, folder)
    return log


@functools.cache
def _tables(tenant: str) -> tuple[Path, ...]:
    """The files of an empty archive: the same for every server, since none of its keys is in them."""
    place = TemporaryDirectory()
    atexit.register(place.cleanup)
    folder = Path(place.name) / "office"
    create(folder, tenant=tenant)
    open_office(folder, clock=lambda: 0).archive.close()
    return tuple(folder.glob("archive.db*"))
