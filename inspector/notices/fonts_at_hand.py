"""The office's own fonts when a notice is printed again: known by what they are, not by what they are called.

A notice lists the fonts that it was printed with; nothing signs that list. So a font counts only where the
reader brings it along, and only where its bytes have the digest that the list names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import file_digest
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from weakref import finalize

from inspector.errors import FontListError
from inspector.notices.own_fonts import SIZE_CAP, USES, OwnFont, OwnFonts

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
        folders: looked into when a notice first names a font; one that is not there is passed over.
    """

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = folders
        self._found: dict[str, Path] | None = None
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
            if known.get(use) != named[use]:
                shelf.put(use, path.read_bytes())
        return tuple(font for font in shelf.all() if named.get(font.use) == font.sha256)

    def _shelf(self) -> OwnFonts:
        if self._copies is None:
            folder = mkdtemp(prefix="inspector-fonts-")
            finalize(self, rmtree, folder, ignore_errors=True)
            self._copies = OwnFonts(Path(folder))
        return self._copies

    def _by_digest(self) -> Mapping[str, Path]:
        if self._found is None:
            folders = [folder for folder in self._folders if folder.is_dir()]
            paths = [path for folder in folders for path in sorted(folder.iterdir()) if path.is_file()]
            self._found = {_digest(path): path for path in paths if path.stat().st_size <= SIZE_CAP}
        return self._found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
