"""The command line: `python -m inspector {tablet,office,console,demo,verify,open,checklist,keys,notice}`.

Each program is imported only when it is asked for.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path

from inspector import __version__, settings
from inspector.errors import InspectorError

CONSOLE_PORT, TABLET_PORT = 8550, 8560


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A Chinese Windows writes GBK into pipes and files: a rare character must not end the command.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else arguments
    args = _parser(given).parse_args(given)
    try:
        return int(args.run(args))
    except InspectorError as error:
        print(f"{error.message}{error.next_step}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    wanted = next((word for word in given if not word.startswith("-")), None)
    parser = argparse.ArgumentParser(
        prog="inspector", description="离线优先的安全检查：检查、记录、文书、审核"
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="命令")
    programs: dict[str, Callable[[argparse.ArgumentParser], None]] = {}
    for name, words, add in (
        ("demo", "在本机启动演示：服务器、审核台、平板", _demo),
        ("tablet", "在浏览器中打开平板", _tablet),
        ("console", "启动审核台", _console),
        ("office", "办公室服务器", _office),
        ("verify", "核验文书或证据包，不需要网络", _verify),
        ("open", "用身份文件打开 age 文件", _open),
        ("keys", "办公室密钥", _keys),
        ("checklist", "检查表", _checklist),
        ("notice", "文书模板", _notice),
    ):
        commands.add_parser(name, help=words)
        programs[name] = add
    for name, add in (("demo-desk", _demo_desk), ("demo-tablet", _demo_tablet)):
        commands.add_parser(name)  # without words it is not listed
        programs[name] = add
    if wanted in programs:
        programs[wanted](commands.choices[wanted])
    return parser


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="不开界面，走完四次检查，输出 JSON 摘要")
    parser.add_argument("--out", type=Path, help="--headless 的结果文件夹（新建）")
    parser.add_argument("--data", type=Path, default=Path("demo-data"), help="演示数据文件夹")
    parser.add_argument("--no-browser", action="store_true", help="不自动打开浏览器")
    parser.set_defaults(run=_run_demo)


def _run_demo(args: argparse.Namespace) -> int:
    if args.headless:
        from inspector.demo import headless

        if args.out is None:
            print("请用 --out 指定结果文件夹。", file=sys.stderr)  # noqa: T201
            return 2
        summary = headless.run(args.out, clock=settings.now_ms)
        print(json.dumps(summary, ensure_ascii=False))  # noqa: T201
        return 0
    from inspector.demo import live

    return live.run(args.data, clock=settings.now_ms, opens_browser=not args.no_browser)


def _tablet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="平板数据文件夹")
    parser.add_argument("--port", type=int, default=TABLET_PORT)
    parser.set_defaults(run=_run_tablet)


def _run_tablet(args: argparse.Namespace) -> int:
    from inspector.tablet.app import serve

    serve(args.data, port=args.port)
    return 0


def _console(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="审核台数据文件夹")
    parser.add_argument("--office", required=True, help="办公室服务器地址")
    parser.add_argument("--checklists", type=Path, help="本单位自己的检查表文件夹；不写就用程序自带的")
    parser.add_argument("--port", type=int, default=CONSOLE_PORT)
    parser.set_defaults(run=_run_console)


def _run_console(args: argparse.Namespace) -> int:
    from inspector.console.app import serve

    serve(args.data, office=args.office, port=args.port, checklists=args.checklists)
    return 0


def _office(parser: argparse.ArgumentParser) -> None:
    from inspector.server.cli import add_commands

    add_commands(parser, clock=settings.now_ms)


def _verify(parser: argparse.ArgumentParser) -> None:
    from inspector.commands import verify

    verify.add(parser)


def _open(parser: argparse.ArgumentParser) -> None:
    from inspector.commands import open

    open.add(parser)


def _keys(parser: argparse.ArgumentParser) -> None:
    from inspector.commands import keys

    keys.add(parser)


def _checklist(parser: argparse.ArgumentParser) -> None:
    from inspector.commands import checklist

    checklist.add(parser)


def _notice(parser: argparse.ArgumentParser) -> None:
    from inspector.commands import notice

    notice.add(parser, assets=settings.APP_FOLDER / "assets")


def _demo_desk(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--office", required=True)
    parser.set_defaults(run=_run_demo_desk)


def _run_demo_desk(args: argparse.Namespace) -> int:
    from inspector.demo import desk_worker

    assets = settings.APP_FOLDER / "assets"
    return desk_worker.run(args.data, args.office, assets, clock=settings.now_ms)


def _demo_tablet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True)
    parser.set_defaults(run=_run_demo_tablet)


def _run_demo_tablet(args: argparse.Namespace) -> int:
    from inspector.demo import tablet_worker
    from inspector.tablet.assembly import Place

    folders = settings.folders_in(args.data)
    return tablet_worker.run(
        Place(app=settings.APP_FOLDER, store=folders.store, keys=folders.keys),
        clock=settings.now_ms,
        uptime=settings.uptime_ms,
        version=__version__,
    )


if __name__ == "__main__":
    sys.exit(main())
