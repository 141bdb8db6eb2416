"""Is this file a spreadsheet that may be opened at all? Sizes, macros and tricks are judged before parsing.

An .xlsx file is a ZIP of XML. Every member is measured by what it unpacks to, its markup is counted, and what
could make a small file large in memory is refused: declarations of entities, cells far outside, huge ranges.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO

from inspector.catalog.faults import Faults
from inspector.catalog.tables import MAX_FILE_BYTES

MAX_WORKBOOK_BYTES = MAX_FILE_BYTES
"""Size of a workbook's file."""

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes of all members together, unpacked."""

MAX_MEMBERS = 500
MAX_MARKUP = 4_000_000
"""Tags of all members together: memory follows their number."""

MAX_COLUMNS = 700
"""Columns with content; those that say where they stand are refused from three letters on."""

WHOLE = "整个文件"
FAR_AWAY = "有单元格远在表格之外"
_OLD_FORMAT = bytes.fromhex("d0cf11e0a1b11ae1")
"""The first bytes of an .xls file and of a file with a password."""

_FAR_CELL = re.compile(rb'\br="(?:[A-Z]{3,}[0-9]*|[A-Z]*[0-9]{6,})"')
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SAVE_AGAIN = "在 Excel 或 WPS 里打开，另存为“Excel 工作簿（*.xlsx）”"


@dataclass(frozen=True, slots=True)
class _Refused(Exception):
    """Why a file is not opened: what, rule, suggestion."""

    what: str
    rule: str
    suggestion: str = ""


def check_archive(data: bytes, faults: Faults) -> bool:
    """Whether the bytes may be handed to the library; what speaks against it is recorded."""
    try:
        _check(data)
    except _Refused as refused:
        faults.add(WHOLE, refused.what, refused.rule, refused.suggestion)
        return False
    return True


def _check(data: bytes) -> None:
    if len(data) > MAX_WORKBOOK_BYTES:
        raise _too_large()
    if data.startswith(_OLD_FORMAT):
        raise _Refused("是旧的 .xls 文件，或者加了密码", "只读不加密码的 .xlsx 文件", _SAVE_AGAIN)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_members(archive)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError) as error:
        raise _Refused("不是 .xlsx 文件，或者文件坏了", "只读 .xlsx 文件", _SAVE_AGAIN) from error


def _check_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise _too_large()
    if any(member.compress_type not in _READABLE for member in members):
        raise _Refused("用了少见的压缩方法", "只读 Excel、WPS 存出的 .xlsx 文件", _SAVE_AGAIN)
    if any(member.filename.lower().endswith("vbaproject.bin") for member in members):
        raise _Refused("带有宏", "宏不读也不运行，带宏的文件不接收", _SAVE_AGAIN)
    markup = 0
    for member in members:
        if member.filename.lower().endswith((".xml", ".rels", ".vml")):
            text = archive.read(member)
            markup += text.count(b"<")
            _check_text(text)
        if markup > MAX_MARKUP:
            raise _too_large()


def _check_text(text: bytes) -> None:
    if _DECLARATION.search(text) or text.startswith(_UTF16):
        raise _Refused("含有表格用不着的声明", "只读 Excel、WPS 存出的 .xlsx 文件", _SAVE_AGAIN)
    if _FAR_CELL.search(text):
        raise _Refused(
            FAR_AWAY, f"内容写在前 {MAX_COLUMNS} 列、99999 行以内", "删去右边和下边多余的行列，另存一份"
        )


def _too_large() -> _Refused:
    return _Refused(
        "文件太大",
        f"一个工作簿最多 {MAX_WORKBOOK_BYTES // 1024 // 1024} MiB，展开后也有上限",
        "删去图片和多余的格式",
    )
