"""`inspector checklist {lint,compare}`.

`lint FOLDER` tells every fault of every checklist at once, each with its place and rule; `compare` is in its
own module.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from inspector.catalog import read_all, warnings_of
from inspector.commands import compare
from inspector.errors import ChecklistFaultsError, Fault


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser."""
    commands = parser.add_subparsers(required=True, metavar="命令")
    lint = commands.add_parser("lint", help="检查一个文件夹里的全部检查表和 laws.toml")
    lint.add_argument("folder", type=Path)
    lint.set_defaults(run=run)
    compare.add(commands.add_parser("compare", help="把 laws.toml 的每一条与官方文本对照"))


def run(args: argparse.Namespace) -> int:
    """Print every fault and warning; 0 without faults, 1 with."""
    try:
        catalogue = read_all(args.folder)
    except ChecklistFaultsError as error:
        _say("错误", error.faults)
        return 1
    _say("错误", catalogue.faults)
    for checklist in catalogue.checklists:
        _say("提醒", warnings_of(checklist, catalogue.laws))
    print(f"检查表 {len(catalogue.checklists)} 份，错误 {len(catalogue.faults)} 处。")  # noqa: T201
    return 1 if catalogue.faults else 0


def _say(kind: str, faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        print(f"{kind} {fault}")  # noqa: T201
