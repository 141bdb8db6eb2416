"""`inspector keys new`: make an office's keys, each into the file that belongs to another drawer."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from inspector.console.keys import NewOffice, new_office
from inspector.errors import InspectorError
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.key_file import seal_key_file
from inspector.trust.statement import verify_statement

PRIVATE = 0o600
OFFICE, ROOT, RECOVERY, STATEMENT, FINGERPRINT = (
    "office.keys",
    "root.keys",
    "recovery.txt",
    "statement.json",
    "root.txt",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser."""
    commands = parser.add_subparsers(required=True, metavar="命令")
    new = commands.add_parser("new", help="新建办公室的根密钥、办公密钥、恢复密钥和声明")
    new.add_argument("--out", type=Path, required=True, help="放到这个新文件夹")
    new.add_argument("--tenant", required=True, help="办公室代号，与服务器 init 时相同")
    new.add_argument("--office", required=True, help="办公室名称")
    new.add_argument("--log", required=True, help="服务器 init 显示的日志公钥")
    new.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the keys; 0 when everything was written."""
    passphrase = getpass.getpass("办公室密钥的口令（不少于 10 个字符）：")
    if passphrase != getpass.getpass("再输入一次："):
        print("两次输入不同，没有生成任何文件。", file=sys.stderr)  # noqa: T201
        return 1
    try:
        made = new_office(tenant=args.tenant, name=args.office, log=LogVerifier.from_text(args.log))
        write_office(made, args.out, passphrase)
    except InspectorError as error:
        print(f"{error.message}{error.next_step}", file=sys.stderr)  # noqa: T201
        return 1
    print(  # noqa: T201
        f"已写入 {args.out}。{ROOT} 与 {RECOVERY} 请离线保管，不要留在审核台上；"
        f"{STATEMENT} 装入服务器；{OFFICE} 与 {FINGERPRINT} 放到审核台。"
    )
    return 0


def write_office(made: NewOffice, folder: Path, passphrase: str) -> None:
    """Write an office's files; private ones readable by their owner only.

    Raises:
        SecretRefusedError: the passphrase is too short or too plain; nothing was written.
    """
    office, root = seal_key_file(made.office, passphrase), seal_key_file(made.root, passphrase)
    folder.mkdir(parents=True, exist_ok=False)
    fingerprint = verify_statement(made.statement, None).fingerprint
    private = {OFFICE: office, ROOT: root, RECOVERY: made.recovery.encode("ascii") + b"\n"}
    for name, data in private.items():
        descriptor = os.open(folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    (folder / STATEMENT).write_bytes(made.statement)
    (folder / FINGERPRINT).write_text(fingerprint + "\n", encoding="ascii")
