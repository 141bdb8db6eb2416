"""`inspector checklist {export,import,template}`: to a spreadsheet and back, and in from an XLSForm."""

from __future__ import annotations

import argparse
from pathlib import Path

from inspector.catalog import read_checklist
from inspector.catalog.canonical import canonical_toml, house_form
from inspector.commands.checklist_files import (
    WORKBOOK,
    beside,
    checked,
    say,
    workbook_module,
    write_whole,
)
from inspector.commands.revision import tell
from inspector.domain.checklist import Checklist, Domain
from inspector.domain.law import Laws
from inspector.errors import ChecklistFaultsError

TOML = ".toml"


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the options of `export`."""
    parser.add_argument("source", type=Path, help="检查表或共用章节（.toml）")
    parser.add_argument("target", type=Path, nargs="?", help="工作簿（.xlsx）；不写就放在旁边，同名")
    parser.set_defaults(run=run_export)


def add_import(parser: argparse.ArgumentParser) -> None:
    """Add the options of `import`."""
    parser.add_argument("source", type=Path, help="工作簿或 XLSForm（.xlsx）")
    parser.add_argument(
        "target", type=Path, nargs="?", help="检查表（.toml），与 laws.toml 同一文件夹；不写就放在旁边，同名"
    )
    parser.add_argument("--replace", action="store_true", help="代替已有的文件；违反承诺时仍不代替")
    parser.add_argument("--domain", choices=[domain.value for domain in Domain], help="XLSForm 的领域")
    parser.set_defaults(run=run_import)


def add_template(parser: argparse.ArgumentParser) -> None:
    """Add the options of `template`."""
    parser.add_argument("target", type=Path, help="工作簿（.xlsx）")
    parser.add_argument("--laws", type=Path, help="laws.toml，写进工作簿供查找")
    parser.set_defaults(run=run_template)


def run_export(args: argparse.Namespace) -> int:
    """Write the workbook; 0, or 1 where the checklist has faults."""
    target = args.target or args.source.with_suffix(WORKBOOK)
    try:
        file = checked(args.source)
        data = workbook_module().workbook_of(file.tree, laws=file.laws, name=args.source.name)
    except ChecklistFaultsError as error:
        say("错误", error.faults)
        return 1
    if house_form(file.tree) != file.tree:
        print("提醒 有单写的文字、首尾空格或空的列表，导出时写成了列表或去掉；导入后摘要会变。")  # noqa: T201
    write_whole(target, data)
    print(f"写出 {target}")  # noqa: T201
    return 0


def run_template(args: argparse.Namespace) -> int:
    """Write an empty workbook; 0, or 1 where the laws have faults."""
    try:
        around = beside(args.laws) if args.laws else None
    except ChecklistFaultsError as error:
        say("错误", error.faults)
        return 1
    write_whole(args.target, workbook_module().blank_workbook(laws=around.laws if around else None))
    print(f"写出 {args.target}")  # noqa: T201
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Write the checklist; 0, or 1 with faults, with a broken promise, or without leave to replace a file."""
    target = args.target or args.source.with_suffix(TOML)
    try:
        tree = _tree(args, target)
        text = canonical_toml(tree).encode()
        if target.exists() and not _may_replace(target, text, replaces=args.replace):
            return 1
    except ChecklistFaultsError as error:
        say("错误", error.faults)
        return 1
    write_whole(target, text)
    print(f"写出 {target}")  # noqa: T201
    if "item" in tree:
        print("这是共用章节：请检查整个文件夹，并给取用它的每张检查表换一个版本号。")  # noqa: T201
    return 0


def _tree(args: argparse.Namespace, target: Path) -> dict[str, object]:
    module = workbook_module()
    from inspector.catalog.xlsform import draft_of_xlsform, reads_as_xlsform

    if not reads_as_xlsform(args.source):
        around = beside(target)
        if around.laws is None:
            print(f"提醒 {target.parent} 里没有 laws.toml，引用的法律和条没有核对。")  # noqa: T201
        tree: dict[str, object] = module.tree_of_workbook(args.source, laws=around.laws, parts=around.parts)
        return tree
    draft = draft_of_xlsform(args.source, domain=Domain(args.domain or Domain.FIRE))
    say("提醒", draft.remarks)
    if args.domain is None:
        print(f"提醒 没有用 --domain 指定领域，写成了{Domain.FIRE.chinese}。")  # noqa: T201
    print("这是草稿：列出的都没有采用或不完全一样，请逐条补上。")  # noqa: T201
    return draft.tree


def _may_replace(target: Path, text: bytes, *, replaces: bool) -> bool:
    """Whether the file may be replaced; says what would change, and why not."""
    old_text = target.read_bytes()
    if old_text == text:
        return True
    if not replaces:
        print(f"{target} 已经存在，没有改动。加上 --replace 代替它。")  # noqa: T201
        return False
    if any(line.lstrip().startswith(b"#") for line in old_text.splitlines()):
        print("提醒 原文件里的注释不在工作簿里，不会保留。")  # noqa: T201
    old = _readable(target)
    if old is None:
        return True
    around = beside(target)
    new = read_checklist(text, laws=around.laws, parts=around.parts, name=target.name)
    return tell(old, new, around.laws or Laws(), around.laws or Laws()) == 0


def _readable(target: Path) -> Checklist | None:
    """The checklist that is to be replaced; None for a part, and for a file that has faults anyway."""
    try:
        return checked(target).checklist
    except ChecklistFaultsError as error:
        print(f"提醒 原文件有 {len(error.faults)} 处错误，没有比较。")  # noqa: T201
        return None
