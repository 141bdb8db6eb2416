"""`inspector notice {preview,lint}`: for offices that write document templates of their own.

Exit codes: 0 all is well; 1 a template has faults; 2 for a wrong command line. Faults go to standard output,
one a line, each with its place, rule and suggestion.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from inspector.commands.checklist_files import say, write_whole
from inspector.domain.issuer import IssuerKind, NoticeKind, kinds_of
from inspector.errors import Fault, NoticeTemplateError
from inspector.notices.press import PdfPress
from inspector.notices.templates import DocumentTemplate, own_templates


def add(parser: argparse.ArgumentParser, *, assets: Path) -> None:
    """Add the command's options to its parser.

    Args:
        assets: the program's fonts and templates.
    """
    commands = parser.add_subparsers(required=True, metavar="命令")
    lint = commands.add_parser("lint", help="检查本单位的文书模板，一次说清全部问题")
    lint.add_argument("files", type=Path, nargs="+", help="模板文件（.toml）")
    lint.set_defaults(run=run_lint)
    preview = commands.add_parser("preview", help="用样例数据填好一种文书，看它印出来的样子")
    kinds = "、".join(kind.value for kind in NoticeKind)
    preview.add_argument("what", help=f"模板文件（.toml），或自带文书的编号：{kinds}")
    preview.add_argument("--issuer", choices=[kind.value for kind in IssuerKind], help="自带文书的签发主体")
    preview.add_argument("--document", help="模板文件里有几种文书时，看哪一种")
    preview.add_argument("--out", type=Path, required=True, help="写出的 PDF")
    preview.set_defaults(run=run_preview, assets=assets)


def run_lint(args: argparse.Namespace) -> int:
    """Print every fault of every file; 0 without faults, 1 with."""
    count, faults = 0, 0
    for path in args.files:
        try:
            owned = own_templates(_read(path), path.name)
        except NoticeTemplateError as error:
            faults += _say(error)
            continue
        count += len(owned)
        for own in owned:
            print(f"{path.name}：[{own.document.id}] {_described(own.document, own.issuer)}")  # noqa: T201
    print(f"文书 {count} 种，错误 {faults} 处。")  # noqa: T201
    return 1 if faults else 0


def run_preview(args: argparse.Namespace) -> int:
    """Write the PDF of a document filled with invented data; 0, or 1 with the template's faults."""
    press = PdfPress(args.assets)
    try:
        found = list(_found(args.what, args.issuer, args.document, press))
    except NoticeTemplateError as error:
        _say(error)
        return 1
    if len(found) != 1:
        print(_choose(args.what, found), file=sys.stderr)  # noqa: T201
        return 2
    document, issuer = found[0]
    write_whole(args.out, press.specimen(document, issuer))
    print(f"{_described(document, issuer)}；内容均为样例。写出 {args.out}")  # noqa: T201
    return 0


def _found(
    what: str, issuer: str | None, document: str | None, press: PdfPress
) -> Iterator[tuple[DocumentTemplate, IssuerKind]]:
    """The documents that may be meant."""
    if what not in {kind.value for kind in NoticeKind}:
        path = Path(what)
        for own in own_templates(_read(path), path.name):
            if document in (None, own.document.id):
                yield own.document, own.issuer
        return
    for kind in IssuerKind:
        if issuer in (None, kind.value) and what in kinds_of(kind):
            yield press.shipped(kind, NoticeKind(what)), kind


def _choose(what: str, found: list[tuple[DocumentTemplate, IssuerKind]]) -> str:
    if not found:
        return f"没有找到“{what}”：这个签发主体不出具它，或者文件里没有这个编号。"
    issuers = {issuer.value for _, issuer in found}
    if len(issuers) > 1:
        return f"几种签发主体都有这种文书，请用 --issuer 选一种：{'、'.join(sorted(issuers))}"
    return f"文件里有几种文书，请用 --document 选一种：{'、'.join(one.id for one, _ in found)}"


def _described(document: DocumentTemplate, issuer: IssuerKind) -> str:
    status = f"，{document.status}（不印在纸上）" if document.status else ""
    copies = f"，{len(document.copies)} 联" if document.copies else ""
    return f"{issuer.word}“{document.title}”{copies}{status}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NoticeTemplateError(file=path.name, reason="读不出来") from error


def _say(error: NoticeTemplateError) -> int:
    """Print what is wrong; how many faults."""
    file, reason = str(error.facts["file"]), str(error.facts["reason"])
    faults = error.faults or (Fault(file=file, place="整个文件", what=reason, rule="请核对文件名"),)
    say("错误", faults)
    return len(faults)
