"""The office's own fonts when a notice is printed again: known by what they are, not by what they are called.

A notice lists the fonts that it was printed with; nothing signs that list. So a font counts only where the
reader brings it along, and only where its bytes have the digest that the list names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TypeVar
from weakref import finalize

from inspector.errors import FontListError
from inspector.notices.own_fonts import SIZE_CAP, USES, OwnFont, OwnFonts

T = TypeVar("T")
_LINE = re.compile(r"(?P<use>[a-z]+) (?P<digest>[0-9a-f]{64})\n")


def named_fonts(listed: bytes) -> dict[str, str]:
    """The digest for each use, as the press listed them in the PDF.

    Raises:
        FontListError: the press never wrote this.
    """
    text = listed.decode("ascii", "replace")
    lines = list(_LINE.finditer(text))
    named = {line["use"]: line["digest"] for line in lines}
    in_order = [use for use in USES if use in named]
    if "".join(line[0] for line in lines) != text or [line["use"] for line in lines] != in_order:
        raise FontListError()
    return named


class FontsAtHand:
    """The fonts in some folders of the reader's, under any name.

    Args:
        folders: looked into when a notice first names a font. One that is not there is passed over, and so is
            what the system does not let read: see `unread`.
    """

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = folders
        self._found: dict[str, Path] | None = None
        self._unread: list[str] = []
        self._copies: OwnFonts | None = None

    def of(self, named: Mapping[str, str]) -> tuple[OwnFont, ...]:
        """Those of the named fonts that are there, ready to print with.

        Args:
            named: as `named_fonts` gives them.

        Raises:
            FontRefusedError: one of them could not have printed anything.
        """
        paths = {
            use: self._by_digest()[digest] for use, digest in named.items() if digest in self._by_digest()
        }
        if not paths:
            return ()
        # A copy of the bytes that were looked at is printed with, a file for each use as at first.
        shelf = self._shelf()
        known = {font.use: font.sha256 for font in shelf.all()}
        for use, path in paths.items():
            if known.get(use) != named[use] and (data := self._tried(path, path.read_bytes)) is not None:
                shelf.put(use, data)
        return tuple(font for font in shelf.all() if named.get(font.use) == font.sha256)

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of the files and folders that the system did not let read, as far as it was looked."""
        return tuple(dict.fromkeys(self._unread))

    def _shelf(self) -> OwnFonts:
        if self._copies is None:
            folder = mkdtemp(prefix="inspector-fonts-")
            finalize(self, rmtree, folder, ignore_errors=True)
            self._copies = OwnFonts(Path(folder))
        return self._copies

    def _by_digest(self) -> Mapping[str, Path]:
        if self._found is None:
            listed = [self._tried(folder, partial(_files, folder)) or [] for folder in self._folders]
            digests = {path: self._tried(path, partial(_digest, path)) for paths in listed for path in paths}
            self._found = {digest: path for path, digest in digests.items() if digest}
        return self._found

    def _tried(self, path: Path, act: Callable[[], T]) -> T | None:
        """What `act` reads; None where the system does not let it, which is kept for `unread`."""
        try:
            return act()
        except OSError:
            self._unread.append(path.name)
            return None


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _digest(path: Path) -> str | None:
    """None for what is no file, or larger than any font; a file of the system's need not say its size."""
    if not path.is_file() or path.stat().st_size > SIZE_CAP:
        return None
    with path.open("rb") as file:
        data = file.read(SIZE_CAP + 1)
    return sha256(data).hexdigest() if len(data) <= SIZE_CAP else None
