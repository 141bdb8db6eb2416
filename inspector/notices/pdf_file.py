"""A PDF file as the press writes it (ISO 32000-1 §7.5): one revision, no object streams, nothing by chance.

* Objects are numbered in the order in which they are added or reserved; the same calls give the same bytes.
* The file's identifier is made from its content, pictures left out: the notice inside names their digests.
  No date goes in.
"""

from __future__ import annotations

import zlib
from hashlib import sha256

LEVEL = 6
_HEAD = b"%PDF-1.7\n%\xe6\x96\x87\xe4\xb9\xa6\n"
_SURE = 16
"""Bytes of an identifier."""


class PdfFile:
    """One file being written."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []
        self._pictures: set[int] = set()

    def add(self, body: str) -> str:
        """Add an object; gives the reference to it, `12 0 R`."""
        self._objects.append(body.encode("ascii"))
        return f"{len(self._objects)} 0 R"

    def reserve(self) -> str:
        """A reference to an object that is written later, with `fill`."""
        return self.add("")

    def fill(self, reference: str, body: str) -> None:
        """Write a reserved object."""
        self._objects[int(reference.partition(" ")[0]) - 1] = body.encode("ascii")

    def stream(self, content: bytes, entries: str = "", *, level: int = LEVEL) -> str:
        """Add a stream, compressed.

        Args:
            entries: of its dictionary, beside length and filter.
        """
        return self.raw(zlib.compress(content, level), f"/Filter /FlateDecode {entries}".rstrip())

    def outlines(self, font: bytes) -> str:
        """Add a font file. Outlines hardly repeat: a harder search costs time and gains little."""
        packer = zlib.compressobj(level=1, strategy=zlib.Z_FILTERED)
        packed = packer.compress(font) + packer.flush()
        return self.raw(packed, f"/Filter /FlateDecode /Length1 {len(font)}")

    def raw(self, content: bytes, entries: str) -> str:
        """Add a stream whose bytes lie in the file as they are."""
        head = f"<< {entries} /Length {len(content)} >>".encode("ascii")
        if "/DCTDecode" in entries:
            self._pictures.add(len(self._objects))
        self._objects.append(b"%b\nstream\n%b\nendstream" % (head, content))
        return f"{len(self._objects)} 0 R"

    def finished(self, *, root: str, info: str) -> bytes:
        """The whole file.

        Args:
            root: the catalog's reference.
            info: that of the document's particulars.
        """
        parts, rows, offset = [_HEAD], ["0000000000 65535 f \n"], len(_HEAD)
        for number, body in enumerate(self._objects, start=1):
            whole = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            rows.append(f"{offset:010} 00000 n \n")
            parts.append(whole)
            offset += len(whole)
        count = len(rows)
        named = [body for place, body in enumerate(self._objects) if place not in self._pictures]
        name = sha256(b"\n".join(named)).hexdigest()[: 2 * _SURE]
        trailer = f"trailer\n<< /Size {count} /Root {root} /Info {info} /ID [<{name}> <{name}>] >>\n"
        end = f"xref\n0 {count}\n{''.join(rows)}{trailer}startxref\n{offset}\n%%EOF\n"
        return b"".join([*parts, end.encode("ascii")])


def text_string(text: str) -> str:
    """A text for a dictionary (ISO 32000-1 §7.9.2.2): UTF-16BE with its mark, in hexadecimal."""
    return f"<feff{text.encode('utf-16-be').hex()}>"
