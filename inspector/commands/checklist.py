"""`inspector checklist {lint,show,diff,export,import,template,schema,compare}`: for authors of checklists.

Exit codes: 0 all is well; 1 a file has faults, or a new version breaks a promise; argparse's 2 for a wrong
command line. Faults go to standard output, one a line, each with its place, rule and suggestion.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from inspector.catalog import warnings_of
from inspector.catalog.canonical import canonical_toml
from inspector.catalog.readable import readable
from inspector.catalog.schema import write_schemas
from inspector.commands import compare, revision, workbooks
from inspector.commands.checklist_files import CheckedFile, checked, say
from inspector.commands.layered import is_layer, layered, say_weakenings
from inspector.domain.law import Laws
from inspector.errors import ChecklistFaultsError


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser."""
    commands = parser.add_subparsers(required=True, metavar="命令")
    lint = commands.add_parser("lint", help="检查检查表，一次说清全部问题")
    lint.add_argument("paths", type=Path, nargs="+", help="文件夹，或单个 .toml、.xlsx 文件")
    lint.set_defaults(run=run)
    show = commands.add_parser("show", help="把检查表印出来读")
    show.add_argument("file", type=Path)
    show.add_argument("--toml", action="store_true", help="印出取用了共用章节之后的规范 TOML")
    show.set_defaults(run=run_show)
    revision.add(commands.add_parser("diff", help="两个版本逐项有什么不同，有没有违反承诺"))
    workbooks.add_export(commands.add_parser("export", help="导出为 Excel 工作簿"))
    workbooks.add_import(commands.add_parser("import", help="导入 Excel 工作簿或 XLSForm"))
    workbooks.add_template(commands.add_parser("template", help="写一个空白工作簿"))
    schema = commands.add_parser("schema", help="写出编辑器用的 JSON Schema")
    schema.add_argument("folder", type=Path)
    schema.set_defaults(run=run_schema)
    compare.add(commands.add_parser("compare", help="把 laws.toml 的每一条与官方文本对照"))


def run(args: argparse.Namespace) -> int:
    """Print every fault and warning of every path; 0 without faults, 1 with."""
    count, faults = 0, 0
    for path in args.paths:
        if is_layer(path):
            # A layer says nothing by itself: it is judged with what it lies on.
            path = path.parent.parent
        found = _lint_folder(path) if path.is_dir() else _lint_file(path)
        count, faults = count + found[0], faults + found[1]
    print(f"检查表 {count} 份，错误 {faults} 处。")  # noqa: T201
    return 1 if faults else 0


def _lint_folder(folder: Path) -> tuple[int, int]:
    """How many checklists can be used and how many faults there are."""
    try:
        found = layered(folder)
    except ChecklistFaultsError as error:
        say("错误", error.faults)
        return 0, len(error.faults)
    say("错误", found.faults)
    for checklist in found.catalogue.checklists:
        say("提醒", warnings_of(checklist, found.catalogue.laws))
    say_weakenings(found.weakenings)
    if found.layers:
        print(f"叠加层 {found.layers} 个，放宽 {len(found.weakenings)} 处。")  # noqa: T201
    return len(found.catalogue.checklists), len(found.faults)


def _lint_file(path: Path) -> tuple[int, int]:
    try:
        file = checked(path)
    except ChecklistFaultsError as error:
        say("错误", error.faults)
        return 0, len(error.faults)
    if file.checklist is not None:
        say("提醒", warnings_of(file.checklist, file.laws or Laws()))
    _say_unchecked(file)
    return int(file.checklist is not None), 0


def _say_unchecked(file: CheckedFile) -> None:
    if file.laws is None:
        print("提醒 旁边没有 laws.toml，引用的法律和条没有核对。", file=sys.stderr)  # noqa: T201


def run_show(args: argparse.Namespace) -> int:
    """Print one checklist for reading; 0, or 1 with its faults."""
    try:
        file = checked(args.file)
    except ChecklistFaultsError as error:
        say("错误", error.faults)
        return 1
    if args.toml or file.checklist is None:
        lines: Iterable[str] = canonical_toml(file.resolved).splitlines()
    else:
        lines = readable(file.checklist, file.laws or Laws())
    for line in lines:
        print(line)  # noqa: T201
    return 0


def run_schema(args: argparse.Namespace) -> int:
    """Write the schemas of this version's files; 0."""
    for path in write_schemas(args.folder):
        print(f"写出 {path}")  # noqa: T201
    return 0
