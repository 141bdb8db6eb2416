"""`office init | adopt | restored | serve | replies`: the administrator's commands for the server."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from inspector.errors import OfficeFolderError

DEFAULT_PORT = 8443
_MB = 1024 * 1024
_MOST_MB = 1_000_000


def add_commands(parser: argparse.ArgumentParser, *, clock: Callable[[], int]) -> None:
    """Add the office's commands to `parser`; each sets `run`, which takes the parsed arguments.

    Args:
        clock: milliseconds since the Unix epoch, UTC.
    """
    commands = parser.add_subparsers(required=True, metavar="命令")
    init = commands.add_parser("init", help="新建服务器数据文件夹，显示日志公钥")
    init.add_argument("--tenant", default="office", help="办公室代号，只用字母、数字、点、横线")
    init.set_defaults(run=lambda args: _init(args))
    adopt = commands.add_parser("adopt", help="装入办公室声明（由根密钥签名）")
    adopt.add_argument("statement", type=Path, help="声明文件")
    adopt.set_defaults(run=lambda args: _adopt(args, clock))
    serve = commands.add_parser("serve", help="启动服务器")
    serve.add_argument("--host", default="127.0.0.1", help="监听地址；非本机地址必须同时给出证书")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT)
    serve.add_argument("--tls-cert", type=Path, help="证书（PEM）")
    serve.add_argument("--tls-key", type=Path, help="证书私钥（PEM）")
    serve.set_defaults(run=lambda args: _serve(args, clock))
    restored = commands.add_parser("restored", help="数据文件夹是从备份恢复的：等审核台补齐后再收新记录")
    restored.set_defaults(run=lambda args: _restored(args, clock))
    replies = commands.add_parser("replies", help="查看整改回复占用的空间；清除审核台已取走的，或调整限额")
    replies.add_argument("--quota-mb", type=_megabytes, help="所有回复合计最多占用多少 MB")
    replies.add_argument(
        "--drop-taken",
        action="store_true",
        help="立即清除审核台已取走的回复内容（先备份审核台；编号、摘要和回执仍保留）",
    )
    replies.set_defaults(run=lambda args: _replies(args, clock))
    for command in (init, adopt, restored, serve, replies):
        command.add_argument("--data", type=Path, required=True, help="服务器数据文件夹")
    for command in (adopt, restored, serve, replies):
        command.add_argument("--database", help="数据库地址（默认为数据文件夹中的 SQLite）")
        command.add_argument("--blobs", help="附件存放地址，例如 s3://…（默认为数据文件夹）")


def _init(args: argparse.Namespace) -> int:
    from inspector.server.office import create

    print(create(args.data, tenant=args.tenant))  # noqa: T201
    return 0


def _adopt(args: argparse.Namespace, clock: Callable[[], int]) -> int:
    from inspector.server.office import Storage, open_office

    try:
        envelope = args.statement.read_bytes()
    except OSError as error:
        raise OfficeFolderError(reason=f"声明文件读不出来（{type(error).__name__}）") from error
    office = open_office(args.data, clock=clock, storage=Storage(database=args.database, blobs=args.blobs))
    try:
        office.adopt(envelope)
    finally:
        office.archive.close()
    print("已装入办公室声明。", file=sys.stderr)  # noqa: T201
    return 0


def _restored(args: argparse.Namespace, clock: Callable[[], int]) -> int:
    from inspector.server.office import Storage, open_office

    office = open_office(args.data, clock=clock, storage=Storage(database=args.database, blobs=args.blobs))
    try:
        with office.archive.write() as connection:
            office.log.hold(connection)
    finally:
        office.archive.close()
    print("已记下：启动后先等审核台补齐，再收平板的新记录。", file=sys.stderr)  # noqa: T201
    return 0


def _megabytes(text: str) -> int:
    """A number of megabytes on the command line.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= _MOST_MB:
        raise argparse.ArgumentTypeError(f"应为 1 到 {_MOST_MB} 的整数")
    return int(text)


def _replies(args: argparse.Namespace, clock: Callable[[], int]) -> int:
    from inspector.server.office import Storage, open_office

    office = open_office(args.data, clock=clock, storage=Storage(database=args.database, blobs=args.blobs))
    try:
        if args.quota_mb is not None:
            office.replies.allow(args.quota_mb * _MB)
        if args.drop_taken:
            print(f"已清除 {office.replies.drop_taken(clock())} 份回复的内容。")  # noqa: T201
        counts, room = office.replies.counts(), office.replies.room()
    finally:
        office.archive.close()
    print(f"审核台还没取走：{counts.waiting} 份")  # noqa: T201
    print(f"审核台已取走、内容还留着：{counts.taken} 份（取走 90 天后清除）")  # noqa: T201
    print(f"内容已清除、编号和回执还在：{counts.dropped} 份")  # noqa: T201
    print(f"占用 {room.held / _MB:.1f} MB，限额 {room.quota / _MB:.0f} MB，已用 {room.percent}%")  # noqa: T201
    return 0


def _serve(args: argparse.Namespace, clock: Callable[[], int]) -> int:
    from inspector.server.app import Binding, serve
    from inspector.server.office import Storage

    serve(
        args.data,
        clock=clock,
        binding=Binding(host=args.host, port=args.port, tls_cert=args.tls_cert, tls_key=args.tls_key),
        storage=Storage(database=args.database, blobs=args.blobs),
    )
    return 0
