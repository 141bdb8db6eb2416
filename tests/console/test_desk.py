"""The desk's door and its drawer: what lies on the disk, who opens it, and a server that talks nonsense."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.console.database import DeskDatabase
from inspector.console.desk import Desk
from inspector.console.door import OFFICE_KEYS, ROOT_PRINT, STATEMENT
from inspector.console.records import InboxFilter, Records
from inspector.domain.delivery import LogHead
from inspector.errors import (
    AccountExistsError,
    CertificateInvalidError,
    DeskDatabaseError,
    InspectorError,
    LoginWrongError,
    NotPermittedError,
    OfficeAnswerError,
    OfficeFilesMissingError,
    SecretWrongError,
    StoreInUseError,
)
from tests import make
from tests.console.desk_rig import CHEAP, PASSPHRASE, PASSWORD, DeskRig, uid
from tests.console.sealed_records import sealed, upload

NAMES = (make.enterprise().name, make.ADA.name, make.BEN.name, make.ADA.number)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with DeskRig(tmp_path) as found:
        yield found


def received(rig: DeskRig) -> str:
    """One record in the desk; its entry."""
    tablet = rig.enrolled()
    entry = sealed(tablet, photo=b"\xff\xd8 picture")
    rig.sends(tablet, [entry.envelope])
    upload(rig, tablet, entry)
    rig.desk.run()
    return entry.sha256


def test_nothing_that_a_record_says_lies_open_on_the_disk(rig):
    received(rig)
    assert Records(rig.desk).inbox(InboxFilter())[0].enterprise == NAMES[0]
    files = [path for path in (rig.folder / "console").rglob("*") if path.is_file()]
    assert any(path.name == "desk.db" for path in files)
    for path in files:
        data = path.read_bytes()
        for name in NAMES:
            assert name.encode("utf-8") not in data, path.name
            assert name.encode("utf-16-le") not in data, path.name
    assert not (rig.folder / "console" / "desk.db").read_bytes().startswith(b"SQLite format 3")


def test_the_database_opens_under_its_own_key_only(rig, tmp_path):
    received(rig)
    rig.desk.close()
    other = tmp_path / "stolen"
    shutil.copytree(rig.folder / "console", other)
    key = bytearray(rig.admin.database_key)
    key[0] ^= 1
    with pytest.raises(DeskDatabaseError):
        DeskDatabase(other / "desk.db", bytes(key))
    own = DeskDatabase(other / "desk.db", rig.admin.database_key)
    assert own.row("SELECT COUNT(*) AS n FROM records") == {"n": 1}
    own.close()


def test_a_wrong_login_and_a_wrong_passphrase_open_nothing(rig):
    with pytest.raises(LoginWrongError):
        rig.desk.log_in("supervisor", "wrong password 2026")
    rig.desk.lock(rig.admin)
    with pytest.raises(SecretWrongError):
        rig.desk.unlock(rig.admin, PASSPHRASE + "x")
    with pytest.raises(NotPermittedError):
        rig.desk.unlock(rig.log_in("viewer"), PASSPHRASE)
    assert not rig.desk.is_unlocked


def test_a_second_console_on_the_folder_is_refused(rig):
    with pytest.raises(StoreInUseError):
        Desk(rig.folder / "console", url="", connect=rig.desk._connect, clock=rig.clock.now, since="")


class Nonsense:
    """A server whose every answer makes no sense."""

    def __getattr__(self, _name: str) -> object:
        def answer(*_args: object, **_named: object) -> object:
            raise OfficeAnswerError(reason="text/html")

        return answer


def test_a_server_that_talks_nonsense_leaves_the_desk_usable(rig):
    entry = received(rig)
    real, rig.desk._office = rig.desk._office, Nonsense()
    with pytest.raises(OfficeAnswerError):
        rig.desk.run()
    records = Records(rig.desk)
    assert records.look_at(rig.admin, entry).record is not None
    rig.desk._office = real
    assert rig.desk.run().mirrored.alarms == ()


# --- The first start ---


@pytest.fixture
def fresh(rig, tmp_path) -> Iterator[tuple[Desk, Path]]:
    """A desk that knows nobody, and the folder that `inspector keys new` would have made."""
    keys = tmp_path / "keys"
    keys.mkdir()
    for name in (OFFICE_KEYS, STATEMENT, ROOT_PRINT):
        shutil.copy(rig.folder / "console" / name, keys / name)
    desk = Desk(
        tmp_path / "fresh", url="", connect=rig.desk._connect, clock=rig.clock.now, since="", cost=CHEAP
    )
    yield desk, keys
    desk.close()


def test_the_first_start_takes_the_offices_files_and_makes_an_administrator(fresh):
    desk, keys = fresh
    assert not desk.is_settled
    desk.set_up(keys, login="样例管理员", password=PASSWORD, id=uid(9))
    assert desk.is_settled
    assert desk.log_in("样例管理员", PASSWORD).account.role.word == "管理员"
    assert [line.act for line in desk.audit.lines()] == ["log-in", "set-up"]
    with pytest.raises(AccountExistsError):
        desk.set_up(keys, login="another", password=PASSWORD, id=uid(10))


@pytest.mark.parametrize("missing", [OFFICE_KEYS, STATEMENT, ROOT_PRINT])
def test_a_missing_file_is_said_and_nothing_is_kept(fresh, missing):
    desk, keys = fresh
    (keys / missing).unlink()
    with pytest.raises(OfficeFilesMissingError, match=missing):
        desk.set_up(keys, login="样例管理员", password=PASSWORD, id=uid(9))
    assert not desk.is_settled
    assert not desk.accounts.exists()


def test_files_of_another_office_are_refused(fresh):
    desk, keys = fresh
    (keys / ROOT_PRINT).write_text("0" * 64, "ascii")
    with pytest.raises(InspectorError):
        desk.set_up(keys, login="样例管理员", password=PASSWORD, id=uid(9))
    (keys / ROOT_PRINT).write_bytes("根".encode())
    with pytest.raises(CertificateInvalidError):
        desk.set_up(keys, login="样例管理员", password=PASSWORD, id=uid(9))
    assert not desk.accounts.exists()


def test_tablets_are_told_of_a_loss_even_if_the_program_ended_before_it_told_them(rig):
    tablet = rig.enrolled()
    rig.desk.run()
    size = rig.desk.copy.tree().size
    rig.desk.copy.keep_reset(LogHead(size=size, root=rig.desk.copy.root_at(size)))
    rig.desk.close()
    rig.desk = rig._desk()
    rig.desk.open(rig.admin)
    rig.desk.unlock(rig.admin, PASSPHRASE)
    for _ in range(2):
        rig.desk.run()
        kinds = rig.desk.database.rows("SELECT kind FROM feed WHERE device = ?", tablet.id)
        assert [row["kind"] for row in kinds].count("log-reset") == 1
    assert rig.desk.copy.lost_from() == size
    rig.desk.copy.goes_on(tablet.id)
    rig.desk.copy.keep_reset(LogHead(size=size + 5, root="0" * 64))
    assert rig.desk.copy.lost_from() == size, "the earliest loss counts"
    assert not rig.desk.copy.has_gone_on(tablet.id)
