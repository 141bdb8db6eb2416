"""`inspector keys`: make an office's keys, each into the file that belongs to another drawer; renew one.

* `new`: all keys of a new office.
* `document`: a fresh certificate for the office's copies, from the offline root.
* `import`: a certificate that an authority issued, from PKCS #12.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from inspector import settings
from inspector.console.keys import (
    NewOffice,
    certify_documents,
    document_key,
    new_office,
    with_document_key,
)
from inspector.domain.working_days import china_time, chinese_date
from inspector.errors import InspectorError
from inspector.store.files import REAL_FILES, write_durably
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.document_chain import facts_of, read_pkcs12
from inspector.trust.key_file import KeyFile, open_key_file, seal_key_file
from inspector.trust.statement import verify_statement

PRIVATE = 0o600
Ask = Callable[[str], str]
"""Asks for a secret without showing it."""

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
    document = commands.add_parser("document", help="由离线的根签发新的文书证书，写入办公密钥")
    document.add_argument("--root", type=Path, required=True, help="root.keys")
    document.add_argument("--keys", type=Path, required=True, help="office.keys（审核台数据文件夹中）")
    document.add_argument("--office", required=True, help="办公室名称，写在证书上")
    document.set_defaults(run=run_document)
    brought = commands.add_parser("import", help="改用证书机构签发的文书证书（PKCS#12）")
    brought.add_argument("--keys", type=Path, required=True, help="office.keys（审核台数据文件夹中）")
    brought.add_argument("--p12", type=Path, required=True, help="证书机构给的 .p12 或 .pfx 文件")
    brought.set_defaults(run=run_import)


def run_document(args: argparse.Namespace, ask: Ask = getpass.getpass) -> int:
    """Certify a fresh key for the office's copies; 0 when both files were written."""
    try:
        root_passphrase = ask("根密钥的口令：")
        root = open_key_file(REAL_FILES.read(args.root), root_passphrase)
        passphrase = ask("办公室密钥的口令：")
        office = open_key_file(REAL_FILES.read(args.keys), passphrase)
        root, office = certify_documents(root, office, name=args.office, at_ms=settings.now_ms())
        # The root's first: a key that is certified by a lost root would be the worse half.
        write_durably(REAL_FILES, args.root, seal_key_file(root, root_passphrase))
        write_durably(REAL_FILES, args.keys, seal_key_file(office, passphrase))
    except InspectorError as error:
        return _failed(error)
    _say_certificate(office)
    return 0


def run_import(args: argparse.Namespace, ask: Ask = getpass.getpass) -> int:
    """Take an authority's key and certificate for the office's copies; 0 when the file was written."""
    try:
        passphrase = ask("办公室密钥的口令：")
        office = open_key_file(REAL_FILES.read(args.keys), passphrase)
        brought = read_pkcs12(REAL_FILES.read(args.p12), ask("证书文件的密码："))
        office = with_document_key(office, brought)
        write_durably(REAL_FILES, args.keys, seal_key_file(office, passphrase))
    except InspectorError as error:
        return _failed(error)
    _say_certificate(office)
    return 0


def _say_certificate(office: KeyFile) -> None:
    facts = facts_of(document_key(office).chain[0])
    print(  # noqa: T201
        f"文书证书：{facts.subject}，由 {facts.issuer} 签发，有效到 "
        f"{chinese_date(china_time(facts.until_ms).date())}，指纹 {facts.sha256}。请在审核台重新解锁密钥。"
    )


def _failed(error: InspectorError) -> int:
    print(f"{error.message}{error.next_step}", file=sys.stderr)  # noqa: T201
    return 1


def run(args: argparse.Namespace, ask: Ask = getpass.getpass) -> int:
    """Make the keys; 0 when everything was written."""
    passphrase = ask("办公室密钥的口令（不少于 10 个字符）：")
    if passphrase != ask("再输入一次："):
        print("两次输入不同，没有生成任何文件。", file=sys.stderr)  # noqa: T201
        return 1
    try:
        log = LogVerifier.from_text(args.log)
        made = new_office(tenant=args.tenant, name=args.office, log=log, at_ms=settings.now_ms())
        write_office(made, args.out, passphrase)
    except InspectorError as error:
        return _failed(error)
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
