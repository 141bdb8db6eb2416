"""The archive and its folder: the tables as shipped, what a holder of the folder finds, who may start it."""

import argparse
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event, inspect, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from inspector.domain.delivery import BlobRef
from inspector.errors import (
    CertificateInvalidError,
    InspectorError,
    OfficeBusyError,
    OfficeFolderError,
    OfficeStatementOlderError,
    PlainHttpRefusedError,
    RootMismatchError,
)
from inspector.server.app import Binding, is_loopback
from inspector.server.archive import Archive
from inspector.server.audit import Audit, Line
from inspector.server.cli import add_commands
from inspector.server.office import create, open_office
from inspector.server.schema import metadata, offices
from inspector.trust import age
from inspector.trust.age_header import generate_identity, recipient_of
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.keys import SigningKey
from tests.server.cast import NOON, Cast, Keys, key, name


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path / "office")
    yield made
    made.close()


def test_the_migrations_make_the_tables_that_the_program_uses(tmp_path: Path):
    archive = Archive(f"sqlite:///{tmp_path / 'a.db'}", tenant="t")
    archive.migrate()
    archive.migrate()
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert inspect(connection).get_table_names()
    archive.close()
    engine.dispose()


def test_the_first_migration_can_be_undone(tmp_path: Path):
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    config = Config()
    config.set_main_option("script_location", "inspector.server:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_every_key_begins_with_the_tenant():
    for table in metadata.tables.values():
        assert next(iter(table.primary_key.columns)).name == "tenant"
        for constraint in (*table.indexes, *(c for c in table.constraints if hasattr(c, "columns"))):
            assert next(iter(constraint.columns)).name == "tenant"


def test_the_tables_can_be_made_in_postgresql():
    dialect = postgresql.dialect()
    for table in metadata.tables.values():
        assert "tenant VARCHAR(128) NOT NULL" in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=dialect))


def test_sqlite_waits_for_the_disk_at_every_commit(tmp_path: Path):
    archive = Archive(f"sqlite:///{tmp_path / 'a.db'}", tenant="t")
    archive.migrate()
    with archive.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    archive.close()


def test_a_writing_transaction_that_raises_leaves_nothing(tmp_path: Path):
    archive = Archive(f"sqlite:///{tmp_path / 'a.db'}", tenant="t")
    archive.migrate()
    with pytest.raises(ZeroDivisionError), archive.write() as connection:
        connection.execute(offices.update().values(log_size=7))
        raise ZeroDivisionError
    with archive.read() as connection:
        assert connection.scalar(select(offices.c.log_size)) == 0
    archive.close()


def test_a_database_that_cannot_be_reached_is_a_reason_to_come_back(tmp_path: Path):
    archive = Archive(f"sqlite:///{tmp_path / 'no such folder' / 'a.db'}", tenant="t")
    with pytest.raises(OfficeBusyError):
        archive.migrate()
    archive.close()


def test_a_full_disk_is_a_reason_to_come_back_and_stores_nothing(cast: Cast):
    archive = cast.server.office.archive

    @event.listens_for(archive._engine, "begin")
    def _small(connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    big = b"age-encryption.org/v1\n" + b"\0" * 200_000
    envelope = cast.tablet.next(body=big)
    before = cast.server.rows()
    with pytest.raises(OfficeBusyError):
        cast.server.office.entries.receive(cast.tablet.id, [envelope], (), NOON)
    assert cast.server.rows() == before
    event.remove(archive._engine, "begin", _small)
    with archive.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
    cast.restart()
    assert cast.tablet.statuses(envelope) == ["accepted"]


def test_the_holder_of_the_folder_reads_nothing_of_what_was_inspected(cast: Cast):
    secrets = ["样例化工厂", "张三", "13800000000", "消防通道被占用", "330100199001011234"]
    text = "；".join(secrets).encode()
    to = [recipient_of(generate_identity())]
    photo = age.encrypt(text * 50, to)
    report = age.encrypt(text * 9000, to)
    body = BlobRef(sha256=name(report), size=len(report))
    envelopes = [
        cast.tablet.next(photo, body=age.encrypt(text, to)),
        cast.tablet.next(body=body, blobs=(body,)),
    ]
    cast.tablet.statuses(*envelopes)
    assert [cast.tablet.put(each).status for each in (photo, report)] == [201, 201]
    assert len(cast.tablet.receipts(*envelopes)) == 2
    message = cast.console.message(cast.tablet, 1, "0" * 64)
    cast.server.office.feed.post(cast.tablet.id, [message])
    cast.server.close()
    found = b"".join(path.read_bytes() for path in cast.folder.rglob("*") if path.is_file())
    for secret in secrets:
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert secret.encode(encoding) not in found
    assert envelopes[0] in found
    for other in (cast.keys.root, cast.keys.issuing, cast.keys.feed, cast.tablet.key):
        assert other.seed not in found
    cast.server = cast.start()


def test_a_new_folder_has_its_keys_for_nobody_else(tmp_path: Path):
    log = create(tmp_path / "office", tenant="yangli")
    assert log.startswith("yangli/log-")
    for path in (tmp_path / "office").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (
        SigningKey((tmp_path / "office" / "log.key").read_bytes()).public.raw
        in LogVerifier.from_text(log).key.raw
    )


def test_a_folder_in_use_is_not_made_anew(tmp_path: Path):
    create(tmp_path / "office", tenant="t")
    before = (tmp_path / "office" / "log.key").read_bytes()
    with pytest.raises(OfficeFolderError):
        create(tmp_path / "office", tenant="t")
    assert (tmp_path / "office" / "log.key").read_bytes() == before


@pytest.mark.parametrize("tenant", ["", "a/b", "../x", "一", "a b", "x" * 200])
def test_a_tenants_name_is_plain(tmp_path: Path, tenant: str):
    with pytest.raises(OfficeFolderError):
        create(tmp_path / "office", tenant=tenant)
    assert not (tmp_path / "office").exists()


@pytest.mark.parametrize("spoil", ["nothing there", "no key", "short key", "bad settings", "a file"])
def test_a_folder_that_is_none_is_told_as_such(tmp_path: Path, spoil: str):
    folder = tmp_path / "office"
    if spoil == "a file":
        folder.write_text("x")
    elif spoil != "nothing there":
        create(folder, tenant="t")
    if spoil == "no key":
        (folder / "log.key").unlink()
    if spoil == "short key":
        (folder / "log.key").write_bytes(b"x")
    if spoil == "bad settings":
        (folder / "office.json").write_bytes(b'{"v":1,"tenant":"t","log":"x","extra":1}')
    with pytest.raises(OfficeFolderError):
        open_office(folder, clock=lambda: NOON)


def test_only_the_same_root_can_speak_again_and_only_newer(cast: Cast):
    office = cast.server.office
    office.adopt(cast.keys.statement(cast.log))
    office.adopt(cast.keys.statement(cast.log, version=3))
    with pytest.raises(OfficeStatementOlderError):
        office.adopt(cast.keys.statement(cast.log, version=2))
    with pytest.raises(CertificateInvalidError):
        office.adopt(cast.keys.statement(cast.log, version=3, office="另一个名称"))
    with pytest.raises(RootMismatchError):
        office.adopt(Keys(root=key("another root")).statement(cast.log, version=9))
    with office.archive.read() as connection:
        assert office.register.statement(connection).version == 3


def test_a_statement_for_another_office_or_another_log_is_not_adopted(cast: Cast, tmp_path: Path):
    with pytest.raises(OfficeFolderError):
        cast.server.office.adopt(cast.keys.statement(cast.log, version=2, tenant="elsewhere"))
    with pytest.raises(OfficeFolderError):
        cast.server.office.adopt(cast.keys.statement(create(tmp_path / "other", tenant="yangli"), version=2))
    with pytest.raises(InspectorError):
        cast.server.office.adopt(b"not a statement")


def test_a_new_feed_key_takes_over_with_its_statement(cast: Cast):
    cast.server.office.adopt(cast.keys.statement(cast.log, version=2, feed=key("new feed").public))
    assert cast.console.ask("GET", "/api/v1/log/entries?start=0").code == "signer.unknown"
    cast.console.key = key("new feed")
    assert len(cast.console.leaves()) == 1


def test_the_oldest_audit_lines_go_when_there_are_too_many(cast: Cast):
    audit = Audit(cast.server.office.archive, max_lines=20)
    audit.add(*(Line(at_ms=number, code="x.y", call="GET /") for number in range(25)))
    audit.sweep()
    assert [line.at_ms for line in audit.lines()] == list(range(5, 25))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "office.example", ""])
def test_plain_http_is_refused_to_a_network(host: str):
    with pytest.raises(PlainHttpRefusedError):
        Binding(host=host).check()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_plain_http_is_served_to_this_machine(host: str):
    binding = Binding(host=host)
    binding.check()
    assert is_loopback(binding.host)


def test_a_network_is_served_under_a_certificate(tmp_path: Path):
    Binding(host="0.0.0.0", tls_cert=tmp_path / "c", tls_key=tmp_path / "k").check()
    with pytest.raises(PlainHttpRefusedError):
        Binding(host="0.0.0.0", tls_cert=tmp_path / "c").check()


def command_line(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser, clock=lambda: NOON)
    args = parser.parse_args(words)
    return int(args.run(args))


def test_the_administrator_makes_a_server_and_gives_it_its_statement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = str(tmp_path / "office")
    assert command_line("init", "--tenant", "yangli", "--data", folder) == 0
    log = capsys.readouterr().out.strip()
    (tmp_path / "statement").write_bytes(Keys().statement(log))
    assert command_line("adopt", str(tmp_path / "statement"), "--data", folder) == 0
    office = open_office(tmp_path / "office", clock=lambda: NOON)
    with office.archive.read() as connection:
        assert office.register.statement(connection).tenant == "yangli"
    office.archive.close()
    with pytest.raises(OfficeFolderError):
        command_line("adopt", str(tmp_path / "missing"), "--data", folder)
    with pytest.raises(PlainHttpRefusedError):
        command_line("serve", "--host", "0.0.0.0", "--data", folder)
