"""`inspector verify FILE…`: is it genuine, and what must the paper say. Needs no network.

Exit codes, the gravest of several files: 0 genuine · 5 content genuine, something could not be looked at to
its end · 3 issuer unknown, otherwise sound · 4 cannot be read · 1 not genuine; 2 for a wrong command.
The JSON is described in `docs/formats/verify.md`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from inspector import __version__, settings
from inspector.domain.identifiers import check_sha256, escaped
from inspector.domain.notice import Notice
from inspector.errors import (
    IdentifierMalformedError,
    InputUnreadableError,
    InspectorError,
    LibraryMissingError,
    MessageMalformedError,
    system_reason,
)
from inspector.notices.attachments import attachments_of, first_revision
from inspector.notices.copies import CheckedCopy, Comparison
from inspector.notices.fonts_at_hand import FontsAtHand
from inspector.notices.reprint import Reprinter
from inspector.trust.document_chain import from_pem
from inspector.work.bring import vouched_by
from inspector.work.bundle import Bundle
from inspector.work.verification import Line, Trust, Verdict, Verification
from inspector.work.verify import read_file, verify_file
from inspector.work.verify_record import Vouched

FORMAT = 1
EXIT = {Verdict.GENUINE: 0, Verdict.NOT_GENUINE: 1, Verdict.UNKNOWN_ISSUER: 3, Verdict.CONTENT_ONLY: 5}
UNREADABLE = 4
WRONG_COMMAND = 2
CODE = "--code"
MAX_BYTES = 2 * 1024 * 1024 * 1024
"""As much as the largest bundle."""

GRAVITY = (0, 5, 3, 4, 1)
"""The exit codes, the gravest last."""

EPILOG = """退出码（多个文件时取最严重的）：
  0  真实有效
  1  不可采信：内容、签名、版面或日志对不上
  3  前后一致，但签发机关未知：根指纹没有用 --root 给出，或没有可核对的证书
  4  读不出来：不是本系统的文件、已损坏，密封而没有给出 --identity，或者 --identity、--ca 的文件读不出来
  5  内容真实，但有未能核对的项目：如另一版程序排印、或所用字体不在手边的版面只按文字核对，副本用了外部证书
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument(
        "file",
        nargs="*",
        metavar="文件",
        type=Path,
        help="文书 PDF（平板的或办公室副本）、二维码文字、证据包（.zip）、整改回复的回执、密封或打开的记录；"
        "一起给出的文件互相提供证书",
    )
    parser.add_argument("--root", action="append", default=[], help="信任的办公室根指纹（可多次给出）")
    parser.add_argument("--identity", type=Path, help="age 身份文件，用来打开密封的记录")
    parser.add_argument(
        "--ca", action="append", type=Path, default=[], help="信任的证书机构（PEM，可多次给出）"
    )
    parser.add_argument(
        "--fonts",
        action="append",
        type=Path,
        default=[],
        help="存有签发单位自备字体的文件夹（可多次给出）；文书写明所用字体的摘要，只用摘要相符的。本机平板的字体不用给出",
    )
    parser.add_argument("--code", help="二维码文字（网址或文书码）；用所给文件中的证书核对")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出，每个文件一行")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Verify every file; the gravest outcome is the exit code."""
    if not args.file:
        _say("请给出要核验的文件，例如：inspector verify 文书.pdf", to=sys.stderr)
        return WRONG_COMMAND
    try:
        roots = frozenset(map(_fingerprint, args.root))
    except IdentifierMalformedError:
        _say("--root 应为根指纹：64 个十六进制数字，请照原样完整给出。", to=sys.stderr)
        return WRONG_COMMAND
    try:
        trust = _trust(args, roots)
    except InspectorError as error:
        return _nothing_looked_at(error, args)
    return _each(trust, args)


def _each(trust: Trust, args: argparse.Namespace) -> int:
    """Every file, in the light of the others."""
    files: list[tuple[str, bytes | Bundle]] = []
    codes: list[int] = []
    for path in args.file:
        try:
            files.append((path.name, read_file(_read(path))))
        except InspectorError as error:
            codes.append(_unreadable(path.name, error, args))
    papers = PressPapers((*args.fonts, settings.tablet_folders().store / "fonts"))
    vouched = vouched_by([data for _, data in files], papers)
    asked: list[tuple[str, bytes | Bundle]] = files
    if args.code:
        asked = [(CODE, args.code.encode("utf-8", "surrogateescape"))]
    codes += [_one(name, data, trust, papers, vouched, args) for name, data in asked]
    return max(codes, key=GRAVITY.index)


def _nothing_looked_at(error: InspectorError, args: argparse.Namespace) -> int:
    """An option's file cannot be read: said once in words, and of every file in JSON."""
    words = _words(error)
    _say(words, to=sys.stderr)
    if args.json:
        for name in [CODE] if args.code else [path.name for path in args.file]:
            _say(_unreadable_json(name, words, error))
    return UNREADABLE


def _trust(args: argparse.Namespace, roots: frozenset[str]) -> Trust:
    """What the reader brings along.

    Raises:
        InputUnreadableError, KeyMalformedError: a file of it cannot be read, or holds something else.
    """
    return Trust(
        roots=roots,
        identities=identities(args.identity) if args.identity else (),
        authorities=tuple(one for path in args.ca for one in from_pem(_read(path))),
    )


def _fingerprint(text: str) -> str:
    """A root's fingerprint as it is typed: in any case, in groups or not.

    Raises:
        IdentifierMalformedError: it is none.
    """
    return check_sha256("".join(text.lower().replace(":", " ").split()))


def _read(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        InputUnreadableError: the system does not give them, or there are more than anything of ours has.
    """
    try:
        with path.open("rb") as file:
            is_large = path.stat().st_size > MAX_BYTES
            data = b"" if is_large else file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputUnreadableError(file=path.name, reason=system_reason(error)) from error
    if is_large or len(data) > MAX_BYTES:
        raise InputUnreadableError(file=path.name, reason="比任何文书或证据包都大")
    return data


def identities(path: Path) -> tuple[str, ...]:
    """The age identities in a file; comments and empty lines are passed over.

    Raises:
        InputUnreadableError: it cannot be read, or is no text.
    """
    try:
        text = _read(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputUnreadableError(file=path.name, reason="不是文字") from error
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


class PressPapers:
    """PDFs as this installation reads and prints them; pyHanko is loaded when a copy is met.

    Args:
        fonts: folders with the fonts of offices, for notices that were printed with them.
    """

    def __init__(self, fonts: Sequence[Path] = ()) -> None:
        assets = settings.APP_FOLDER / "assets"
        self._reprinter = Reprinter(assets, build=__version__, fonts=FontsAtHand(fonts))

    def first_revision(self, pdf: bytes) -> bytes:
        """See `Papers`."""
        return first_revision(pdf)

    def files(self, pdf: bytes) -> Mapping[str, bytes]:
        """See `Papers`."""
        return attachments_of(pdf)

    def compare(self, pdf: bytes, files: Mapping[str, bytes], notice: Notice) -> Comparison:
        """See `Papers`."""
        return self._reprinter.compare(pdf, files, notice)

    def is_copy(self, pdf: bytes) -> bool:
        """See `Papers`."""
        return b"/ETSI.CAdES.detached" in pdf[len(first_revision(pdf)) :]

    def check_copy(self, pdf: bytes, authorities: Sequence[bytes]) -> CheckedCopy:
        """See `Papers`.

        Raises:
            LibraryMissingError: pyHanko is not installed; it is the office's.
        """
        try:
            from inspector.notices.pades_check import check_copy
        except ImportError as error:
            raise LibraryMissingError(name="pyHanko") from error
        return check_copy(pdf, authorities)


def _one(
    name: str,
    data: bytes | Bundle,
    trust: Trust,
    papers: PressPapers,
    vouched: Vouched,
    args: argparse.Namespace,
) -> int:
    try:
        found = verify_file(data, trust, papers=papers, vouched=vouched)
    except InspectorError as error:
        return _unreadable(name, error, args)
    _say(*([_as_json(name, found)] if args.json else _as_text(name, found)))
    return EXIT[found.verdict]


def _unreadable(name: str, error: InspectorError, args: argparse.Namespace) -> int:
    words = _words(error)
    _say(f"{name}：{words}", to=sys.stderr)
    if args.json:
        _say(_unreadable_json(name, words, error))
    return UNREADABLE


def _unreadable_json(name: str, words: str, error: InspectorError) -> str:
    return _json({"v": FORMAT, "file": name, "verdict": "unreadable", "code": error.code, "words": words})


def _words(error: InspectorError) -> str:
    """What happened and what to do; of a malformed message in words for a file that somebody gave."""
    if isinstance(error, MessageMalformedError):
        return f"文件内容的格式不对：{error.facts['reason']}。请向提供者索取完整的原件，再核验一次。"
    return f"{error.message}{error.next_step}"


def _say(*lines: str, to: TextIO | None = None) -> None:
    """Print lines; names and texts in them come from files, and must not move the cursor or turn the line."""
    for line in lines:
        print(escaped(line), file=to)


def _as_text(name: str, found: Verification) -> list[str]:
    lines = [f"【{found.verdict.word}】{name}（{found.what}）"]
    lines += [f"  {_mark(line)} {line.words}" for line in found.lines]
    if found.verdict is Verdict.UNKNOWN_ISSUER and found.root:
        lines.append("  ？内容前后一致，但办公室根指纹未列入信任：请向签发单位核对指纹后用 --root 给出")
    if found.paper:
        lines.append("  纸面上应写明：")
        for label, text in found.paper:
            first, *more = text.split("\n")
            lines += [f"    {label}：{first}", *(f"      {line}" for line in more)]
    return lines


def _mark(line: Line) -> str:
    if not line.is_good:
        return "✗"
    return "✓" if line.is_sure else "？"


def _as_json(name: str, found: Verification) -> str:
    value = {
        "v": FORMAT,
        "file": name,
        "what": found.what,
        "verdict": found.verdict.value,
        "root": found.root,
        "lines": [{"good": one.is_good, "sure": one.is_sure, "words": one.words} for one in found.lines],
        "paper": [{"label": label, "text": text} for label, text in found.paper],
    }
    return _json(value)


def _json(value: object) -> str:
    """In characters that the output's encoding has; where it lacks one, in escapes, which say the same."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return json.dumps(value)
    return text
