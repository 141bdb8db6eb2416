"""`inspector verify FILE…`: is it genuine, and what must the paper say. Needs no network.

Exit codes: 0 genuine · 1 not genuine · 3 issuer unknown, otherwise sound · 4 cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from inspector.errors import InspectorError
from inspector.work.verify import Trust, Verdict, Verification, verify_code, verify_file

EXIT = {Verdict.GENUINE: 0, Verdict.NOT_GENUINE: 1, Verdict.UNKNOWN_ISSUER: 3}
UNREADABLE = 4


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser."""
    parser.add_argument("file", nargs="+", type=Path, help="文书 PDF 或证据包（.zip）")
    parser.add_argument("--root", action="append", default=[], help="信任的办公室根指纹（可多次给出）")
    parser.add_argument("--identity", type=Path, help="age 身份文件，用来打开证据包中的记录")
    parser.add_argument("--code", help="二维码文字；用所给 PDF 中的证书核对")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Verify every file; the gravest outcome is the exit code."""
    trust = Trust(
        roots=frozenset(root.strip().lower().replace(":", "") for root in args.root),
        identities=identities(args.identity) if args.identity else (),
    )
    codes = [_one(path, trust, args) for path in args.file]
    return max(codes, key=(0, 3, 4, 1).index)


def identities(path: Path) -> tuple[str, ...]:
    """The age identities in a file; comments and empty lines are passed over."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _one(path: Path, trust: Trust, args: argparse.Namespace) -> int:
    from inspector.notices.attachments import attachments_of

    try:
        data = path.read_bytes()
        if args.code:
            found = verify_code(args.code, attachments_of(data), trust)
        else:
            found = verify_file(data, trust, attachments=attachments_of)
    except OSError as error:
        _say(f"{path.name}：读不出来（{error.strerror}）", error=True)
        return UNREADABLE
    except InspectorError as error:
        _say(f"{path.name}：{error.message}{error.next_step}", error=True)
        return UNREADABLE
    _say(_as_json(path, found) if args.json else _as_text(path, found))
    return EXIT[found.verdict]


def _as_text(path: Path, found: Verification) -> str:
    lines = [f"【{found.verdict.word}】{path.name}（{found.what}）"]
    lines += [f"  {'✓' if line.is_good else '✗'} {line.words}" for line in found.lines]
    if found.verdict is Verdict.UNKNOWN_ISSUER:
        lines.append("  ？内容前后一致，但办公室根指纹未列入信任：请向签发单位核对指纹后用 --root 给出")
    if found.paper:
        lines.append("  纸面上应写明：")
        lines += [f"    {label}：{text}" for label, text in found.paper]
    return "\n".join(lines)


def _as_json(path: Path, found: Verification) -> str:
    value = {
        "file": path.name,
        "what": found.what,
        "verdict": found.verdict.value,
        "root": found.root,
        "lines": [{"good": line.is_good, "words": line.words} for line in found.lines],
        "paper": [{"label": label, "text": text} for label, text in found.paper],
    }
    return json.dumps(value, ensure_ascii=False)


def _say(text: str, *, error: bool = False) -> None:
    print(text, file=sys.stderr if error else sys.stdout)
