"""Files inside the PDF (ISO 32000-1 §7.11.4), and reading back what the press wrote."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256

from inspector.errors import PdfForeignError
from inspector.notices.pdf_file import PdfFile

MAX_PDF_BYTES = 200 * 1024 * 1024
MAX_FILES_BYTES = 64 * 1024 * 1024
"""All files of a PDF together, unpacked; the press prints no notice that needs more.

A notice's texts at their caps take 34 MB: 500 findings of 12 600 code points and 500 measures of 4 000, four
bytes each. The rest is for what has no cap in a notice: the bases of findings, the strokes of signatures.
"""

# The slash is written as #2F in a PDF name.
_TABLE_HEAD = re.compile(rb"xref\n0 (\d{1,6})\n")
_FREE = b"0000000000 65535 f \n"
_NAMED = re.compile(rb"\(([A-Za-z0-9._-]{1,100})\) (\d{1,8}) 0 R")
_TRAILER = re.compile(
    rb"trailer\n<<\n/ID \n\[(<[0-9a-f]{32}>)\1\]\n"
    rb"% ReportLab generated PDF document -- digest \(opensource\)\n\n"
    rb"/Info (\d{1,8}) 0 R\n/Root (\d{1,8}) 0 R\n/Size (\d{1,8})\n>>\nstartxref\n(\d{1,10})\n%%EOF\n"
)
_FIRST_END = re.compile(rb"\nstartxref\n\d{1,10}\n%%EOF\n")
_TYPES = {"json": "/application#2Fjson", "txt": "/text#2Fplain", "toml": "/application#2Ftoml"}


def attach(file: PdfFile, files: Mapping[str, bytes]) -> str:
    """Embed files; gives the reference to the names that the catalog needs."""
    entries: list[str] = []
    for name, content in sorted(files.items()):
        kind = _TYPES.get(name.rpartition(".")[2], "/application#2Foctet-stream")
        embedded = file.stream(
            content, f"/Type /EmbeddedFile /Subtype {kind} /Params << /Size {len(content)} >>"
        )
        specification = file.add(f"<< /Type /Filespec /F ({name}) /UF ({name}) /EF << /F {embedded} >> >>")
        entries.append(f"({name}) {specification}")
    return file.add(f"<< /EmbeddedFiles << /Names [{' '.join(entries)}] >> >>")


def attachments_of(pdf: bytes) -> dict[str, bytes]:
    """The files inside a PDF that the press wrote, by name.

    Reads exactly what the press writes, and wrote before: one revision, one cross-reference table, no object
    streams. A PDF with anything appended is refused: what is shown may then differ from what is embedded.

    Raises:
        PdfForeignError: another program wrote or changed it, or it is damaged.
    """
    try:
        objects = _objects(pdf)
        catalog = objects[int(_trailer(pdf)[3])]
        names = objects[_reference(catalog, b"Names")]
        files, room = dict[str, bytes](), MAX_FILES_BYTES
        for name, place in _embedded(objects, names):
            files[name] = _content(objects, place, room)
            room -= len(files[name])
        return files
    except (KeyError, ValueError, IndexError, zlib.error) as error:
        raise PdfForeignError() from error


def _trailer(pdf: bytes) -> re.Match[bytes]:
    """How the file ends: with no second root, no earlier table, nothing else that readers follow."""
    if pdf.count(b"\nstartxref\n") != 1 or len(pdf) > MAX_PDF_BYTES:
        raise ValueError("not one revision")
    found = _TRAILER.fullmatch(pdf, pdf.rindex(b"\ntrailer\n") + 1)
    if found is None:
        raise ValueError("another trailer")
    return found


def _objects(pdf: bytes) -> dict[int, bytes]:
    """Every object's bytes by its number, as the one cross-reference table places them.

    The objects fill the file between its first line and the table, and the table reaches to the trailer, so
    that there is no byte that a reader of PDF might look at and this one does not.
    """
    trailer = _trailer(pdf)
    start = int(trailer[5])
    head = _TABLE_HEAD.match(pdf, start)
    if head is None or head[1] != trailer[4]:
        raise ValueError("no cross-reference table")
    count = int(head[1])
    rows = pdf[head.end() : trailer.start()]
    offsets = [int(rows[20 * n : 20 * n + 10]) for n in range(1, count)]
    if rows != _FREE + b"".join(b"%010d 00000 n \n" % offset for offset in offsets):
        raise ValueError("another table")
    ends = dict(zip(sorted(offsets), [*sorted(offsets)[1:], start], strict=True))
    found = {number: pdf[at : ends[at]] for number, at in enumerate(offsets, start=1)}
    if not all(_is_whole(number, thing) for number, thing in found.items()):
        raise ValueError("no object")
    return found


def _is_whole(number: int, thing: bytes) -> bool:
    return thing.startswith(b"%d 0 obj\n" % number) and thing.endswith(b"\nendobj\n")


def _reference(dictionary: bytes, name: bytes) -> int:
    match = re.search(rb"/" + name + rb" (\d{1,8}) 0 R", dictionary)
    if match is None:
        raise ValueError("no reference")
    return int(match[1])


def _embedded(objects: Mapping[int, bytes], names: bytes) -> Iterator[tuple[str, int]]:
    """Name and object number of each embedded file."""
    for match in _NAMED.finditer(names):
        specification = objects[int(match[2])]
        if b"/Filespec" not in specification:
            raise ValueError("no file specification")
        yield match[1].decode("ascii"), _reference(specification, b"F")


def _content(objects: Mapping[int, bytes], place: int, room: int) -> bytes:
    head, mark, rest = objects[place].partition(b"\nstream\n")
    length = re.search(rb"/Length (\d{1,9})", head)
    size = re.search(rb"/Size (\d{1,9})", head)
    if not mark or length is None or size is None or b"/EmbeddedFile" not in head:
        raise ValueError("no embedded file")
    if int(size[1]) > room:
        raise ValueError("larger than anything of ours")
    reader = zlib.decompressobj()
    content = reader.decompress(rest[: int(length[1])], int(size[1]) + 1)
    if len(content) != int(size[1]) or not reader.eof:
        raise ValueError("another size")
    return content


def first_revision(pdf: bytes) -> bytes:
    """A PDF up to where it first ended: what was appended later is left out; all of it when nothing was."""
    end = _FIRST_END.search(pdf)
    return pdf if end is None else pdf[: end.end()]


def jpegs_of(pdf: bytes) -> dict[str, bytes]:
    """The photos of a PDF that the press wrote, by the hexadecimal SHA-256 of their bytes.

    Raises:
        PdfForeignError: as `attachments_of`.
    """
    try:
        streams = (_stream_of(one) for one in _objects(pdf).values() if b"/DCTDecode" in one)
        return {sha256(data).hexdigest(): data for _, data, _ in streams}
    except (ValueError, IndexError) as error:
        raise PdfForeignError() from error


def same_objects(one: bytes, other: bytes) -> bool:
    """Whether two PDFs of the press hold the same objects, however their streams are compressed.

    Raises:
        PdfForeignError: as `attachments_of`.
    """
    try:
        mine, theirs = _objects(one), _objects(other)
        if _outside(one, mine) != _outside(other, theirs) or mine.keys() != theirs.keys():
            return False
        # One object at a time: together they may be large. But each is looked at, if only to refuse it.
        return not [number for number, thing in mine.items() if _plain(thing) != _plain(theirs[number])]
    except (ValueError, IndexError, zlib.error) as error:
        raise PdfForeignError() from error


def _outside(pdf: bytes, objects: Mapping[int, bytes]) -> tuple[bytes, ...]:
    """All beside the objects but what compression decides: places, and the identifier, a hash."""
    trailer = _trailer(pdf)
    first = pdf[: int(trailer[5]) - sum(map(len, objects.values()))]
    return first, trailer[2], trailer[3]


def _stream_of(thing: bytes) -> tuple[bytes, bytes, bytes]:
    """An object's dictionary, its stream as it lies in the file, and what stands behind it."""
    head, mark, rest = thing.partition(b"\nstream\n")
    length = re.search(rb"/Length (\d{1,9})", head)
    if not mark or length is None or len(rest) < int(length[1]):
        raise ValueError("no stream")
    end = int(length[1])
    return head, rest[:end], rest[end:]


def _plain(thing: bytes) -> tuple[bytes, bytes, bytes]:
    """An object without anything that only compression decides."""
    if b"\nstream\n" not in thing:
        return thing, b"", b""
    head, data, behind = _stream_of(thing)
    if b"/FlateDecode" in head:
        reader = zlib.decompressobj()
        data = reader.decompress(data, MAX_FILES_BYTES + 1)
        if not reader.eof or reader.unused_data:
            raise ValueError("cut, or larger than anything of ours")
    return re.sub(rb"/Length \d+", b"/Length", head, count=1), data, behind
