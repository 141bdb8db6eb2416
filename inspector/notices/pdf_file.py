"""A PDF file as the press writes it: objects go in as they will stand there, reportlab makes the file.

* Objects are numbered in the order in which they are added or reserved; the same calls give the same bytes.
* The file's identifier is made from its content, pictures left out: the notice inside names their digests.
  No date goes in.
* Pages, fonts and pictures are not given to reportlab's canvas: it formats each number and looks up each font
  once per call, which took most of the time of a page.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from hashlib import md5
from typing import Any, cast

from reportlab.pdfbase.pdfdoc import PDFDocument, PDFObjectReference

from inspector.notices.deflate import Part, joined

LEVEL = 6
_VERSION = (1, 7)


class PdfFile:
    """One file being written: one revision, no object streams (ISO 32000-1 §7.5)."""

    def __init__(self) -> None:
        # The stubs leave out what a document is made of.
        self._document = cast("Any", PDFDocument(invariant=1, pdfVersion=_VERSION, lang="zh-CN"))
        self._document.Catalog.Outlines = None
        # reportlab begins the identifier with SOURCE_DATE_EPOCH, where the machine has one.
        self._document.signature = md5(b"inspector notice", usedforsecurity=False)

    def add(self, body: str) -> str:
        """Add an object; gives the reference to it, `12 0 R`."""
        return self._enter(body.encode("ascii"))

    def reserve(self) -> str:
        """A reference to an object that is written later, with `fill`."""
        return self.add("")

    def fill(self, reference: str, body: str) -> None:
        """Write a reserved object."""
        self._document.idToObject[self._named(reference).name] = body.encode("ascii")

    def stream(self, content: bytes, entries: str = "", *, level: int = LEVEL) -> str:
        """Add a stream, compressed.

        Args:
            entries: of its dictionary, beside length and filter.
        """
        return self.raw(zlib.compress(content, level), f"/Filter /FlateDecode {entries}".rstrip())

    def outlines(self, font: Sequence[Part]) -> str:
        """Add a font file. Outlines hardly repeat: a harder search costs time and gains little."""
        size = sum([len(part.content) for part in font])
        return self.raw(joined(font, level=1), f"/Filter /FlateDecode /Length1 {size}")

    def raw(self, content: bytes, entries: str) -> str:
        """Add a stream whose bytes lie in the file as they are."""
        head = f"<< {entries} /Length {len(content)} >>".encode("ascii")
        return self._enter(b"%b\nstream\n%b\nendstream" % (head, content), counts="/DCTDecode" not in entries)

    def finished(self, *, pages: str, names: str | None, info: str) -> bytes:
        """The whole file.

        Args:
            pages: the page tree's reference.
            names: that of the names of embedded files, where there are any.
            info: that of the document's particulars.
        """
        document = self._document
        document.Catalog.Pages = self._named(pages)
        if names is not None:
            document.Catalog.Names = self._named(names)
        document.info = self._named(info)
        return bytes(document.format())

    def _enter(self, body: bytes, *, counts: bool = True) -> str:
        document = self._document
        if counts:
            document.updateSignature(body)
        reference = document.Reference(body, f"object {document.objectcounter + 1}")
        return str(reference.format(document).decode("ascii"))

    def _named(self, reference: str) -> PDFObjectReference:
        return PDFObjectReference(self._document.numberToId[int(reference.partition(" ")[0])])


def text_string(text: str) -> str:
    """A text for a dictionary (ISO 32000-1 §7.9.2.2): UTF-16BE with its mark, in hexadecimal."""
    return f"<feff{text.encode('utf-16-be').hex()}>"
