"""`inspector keys`: which file holds what after the ceremony, and after a renewal."""

from __future__ import annotations

import argparse

import pytest

from inspector.commands import keys
from inspector.console import keys as office_keys
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.document_chain import verify_document_root
from inspector.trust.key_file import open_key_file
from inspector.trust.keys import SigningKey
from inspector.trust.statement import verify_statement
from tests.notices import sealing

PASSPHRASE = "样例口令-abcdefg-2026"
NAME = "样例办公室（样例）"


def typed(prompt):
    return "pw-sample" if prompt == "证书文件的密码：" else PASSPHRASE


@pytest.fixture
def folder(tmp_path):
    """A ceremony at whose prompts `PASSPHRASE` was typed."""
    log = LogVerifier(name="sample", key=SigningKey(b"l" * 32).public).text
    args = argparse.Namespace(out=tmp_path / "keys", tenant="sample", office=NAME, log=log)
    assert keys.run(args, typed) == 0
    return tmp_path / "keys"


def opened(folder, name):
    return open_key_file((folder / name).read_bytes(), PASSPHRASE)


def test_the_ceremony_makes_a_chain_that_the_offices_root_vouches_for(folder):
    statement = verify_statement((folder / keys.STATEMENT).read_bytes(), None)
    key = office_keys.document_key(opened(folder, keys.OFFICE))
    verify_document_root(key.chain[-1], statement.root, tenant="sample")
    root = opened(folder, keys.ROOT)
    assert office_keys.DOCUMENT_ROOT_KEY in root.others
    # The offline key stays offline: the console's file has the signer's key alone.
    assert root.others[office_keys.DOCUMENT_ROOT_KEY] not in opened(folder, keys.OFFICE).others.values()


def test_a_renewal_keeps_the_root_and_changes_the_key(folder, capsys):
    before = office_keys.document_key(opened(folder, keys.OFFICE))
    args = argparse.Namespace(root=folder / keys.ROOT, keys=folder / keys.OFFICE, office=NAME)
    assert keys.run_document(args, typed) == 0
    after = office_keys.document_key(opened(folder, keys.OFFICE))
    assert after.chain[-1] == before.chain[-1]
    assert after.chain[0] != before.chain[0]
    assert "有效到" in capsys.readouterr().out
    assert (folder / keys.OFFICE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["样例\x1b[2J", "样例\u202e", "样" * 201])
def test_an_office_is_not_given_a_name_that_every_reader_would_refuse(name, tmp_path, capsys):
    log = LogVerifier(name="sample", key=SigningKey(b"l" * 32).public).text
    args = argparse.Namespace(out=tmp_path / "keys", tenant="sample", office=name, log=log)
    assert keys.run(args, typed) == 1
    assert "办公室名称" in capsys.readouterr().err
    assert not (tmp_path / "keys").exists()


def test_files_of_two_offices_do_not_make_a_chain(folder, tmp_path, capsys):
    args = argparse.Namespace(root=folder / keys.OFFICE, keys=folder / keys.OFFICE, office=NAME)
    before = (folder / keys.OFFICE).read_bytes()
    assert keys.run_document(args, typed) == 1
    assert "不属于同一个办公室" in capsys.readouterr().err
    assert (folder / keys.OFFICE).read_bytes() == before


def test_an_authoritys_certificate_takes_the_chains_place(folder, tmp_path, capsys):
    data, authority = sealing.foreign_authority(b"pw-sample")
    (tmp_path / "office.p12").write_bytes(data)
    args = argparse.Namespace(keys=folder / keys.OFFICE, p12=tmp_path / "office.p12")
    assert keys.run_import(args, typed) == 0
    assert office_keys.document_key(opened(folder, keys.OFFICE)).chain[-1] == authority
    assert "样例认证机构（样例）" in capsys.readouterr().out
