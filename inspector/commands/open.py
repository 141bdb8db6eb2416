"""`inspector open FILE`: open an age file with an identity, as the stock `age` command would."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from inspector.commands.verify import identities
from inspector.errors import InspectorError, system_reason
from inspector.trust import age


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser."""
    parser.add_argument("file", type=Path, help="age 文件（.age）")
    parser.add_argument("-i", "--identity", type=Path, required=True, help="age 身份文件")
    parser.add_argument("-o", "--output", type=Path, help="写到这个文件；不给则写到标准输出")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Open one file; 0 when it opened, 1 when not. Half an output is never left under its name."""
    target = args.output
    draft = target.with_name(target.name + ".part") if target else None
    try:
        with ExitStack() as stack:
            source = stack.enter_context(args.file.open("rb"))
            sink = stack.enter_context(draft.open("wb")) if draft else sys.stdout.buffer
            age.decrypt_file(source, sink, identities(args.identity))
        if draft and target:
            draft.replace(target)
    except InspectorError as error:
        _give_up(draft)
        print(f"{error.message}{error.next_step}", file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        _give_up(draft)
        print(f"读写失败：{system_reason(error)}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _give_up(draft: Path | None) -> None:
    if draft:
        draft.unlink(missing_ok=True)
