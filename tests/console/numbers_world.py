"""An office with many tablets and what lies between them, in one process: real books, chains and messages.

The server is a list of log leaves and a list of messages per tablet. What the world knows and no program
does: every paper that was ever printed.
"""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from inspector.console.accounts import Account, LoggedIn, Role
from inspector.console.copy import DeskCopy
from inspector.console.database import DeskDatabase
from inspector.console.form_sets import NO_TITLES
from inspector.console.number_ledger import NumberLedger
from inspector.console.numbers import NumberedDocument, Numbers
from inspector.console.outgoing import Outgoing
from inspector.console.recovery import History, check_numbers, look_aside
from inspector.console.taking import Taking
from inspector.domain.delivery import NO_PREVIOUS, BlobRef, FeedMessage
from inspector.domain.identifiers import uuid7
from inspector.domain.issuer import IssuerKind
from inspector.domain.numbering import Series
from inspector.domain.profile import IssuerProfile
from inspector.errors import EntryForkError, FeedConflictError
from inspector.sync.messages import Aside
from inspector.trust import dsse
from inspector.trust.certificates import Certificate, issue_certificate
from inspector.trust.keys import SigningKey
from inspector.trust.strict_json import parse_object
from inspector.work.feed import Acknowledgement
from inspector.work.ports import FeedPage
from tests.console.numbers_tablet import KIND, OFFICE, PROFILE, Tablet

DAY_MS = 86_400_000
START_MS = 1_795_406_700_000  # 23 November 2026, noon
TEMPLATES = {IssuerKind.NON_ENFORCEMENT: {KIND: "（{region}）隐患通知〔{year}〕{serial}号"}}
ADMIN = LoggedIn(
    account=Account(id="a", login="样例管理员", role=Role.ADMINISTRATOR, is_active=True),
    key=SigningKey(bytes([9]) * 32),
    database_key=bytes(32),
)


class OneKind(Numbers):
    """Of the documents that this office may issue it issues one."""

    def documents(self) -> tuple[NumberedDocument, ...]:
        profile = self._desk.issuer()
        template = self._templates[profile.kind][KIND]
        return (NumberedDocument(id=KIND.value, word=KIND.word, template=template),)


class Desk:
    """A console over a real database: what `Numbers` and the pass need of one."""

    history = History

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.open()

    def open(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.database = DeskDatabase(self.folder / "desk.db", bytes(32))
        self.copy = DeskCopy(self.database, self.folder / "blobs")
        self.is_caught_up = False

    def close(self) -> None:
        self.database.close()

    @property
    def numbers(self) -> NumberLedger:
        return NumberLedger(self.database, raise_alarm=self.copy.raise_alarm, clock=self.clock)

    @property
    def outgoing(self) -> Outgoing:
        readers = [one.recipient for one in OFFICE.statement.recipients]
        return Outgoing(self.database, tenant=OFFICE.tenant, readers=readers)

    def clock(self) -> int:
        return self.world.now_ms

    def issuer(self) -> IssuerProfile:
        return PROFILE

    def device_certificates(self) -> dict[str, Certificate]:
        rows = self.database.rows("SELECT id FROM devices WHERE revoked_ms IS NULL")
        return {row["id"]: self.world.tablets[row["id"]].certificate for row in rows}

    def tell(self, device: Certificate, *bodies: object) -> None:
        for body in bodies:
            self.outgoing.write(body, device=device, feed=OFFICE.feed, at_ms=self.clock())  # type: ignore[arg-type]

    def note(self, *_args: object) -> None:
        """The audit trail is another matter."""

    def catch_up(self) -> None:
        history = self.history(
            database=self.database,
            outgoing=self.outgoing,
            ledger=self.numbers,
            devices={id: one.certificate for id, one in self.world.tablets.items()},
            statement=OFFICE.statement,
            identities=(OFFICE.identity,),
            feed=OFFICE.feed,
            now_ms=self.clock(),
        )
        for alarm in history.catch_up(self):
            self.copy.raise_alarm(alarm)
        self.is_caught_up = True

    def feed_of(self, device: str, after: int) -> FeedPage:
        return FeedPage(messages=tuple(self.world.feed.get(device, [])[after:]), more=False)

    def fetch_blob(self, blob: BlobRef, sink: BinaryIO, *, offset: int = 0) -> None:
        sink.write(self.world.blobs[blob.sha256][offset:])

    def feed_head(self, device: str) -> tuple[int, str]:
        chain = self.world.feed.get(device, [])
        return len(chain), sha256(chain[-1]).hexdigest() if chain else NO_PREVIOUS

    def post_feed(self, device: str, envelopes: list[bytes]) -> None:
        chain = self.world.feed.setdefault(device, [])
        for envelope in envelopes:
            message = FeedMessage.from_payload(parse_object(dsse.peek(envelope).payload))
            if message.n <= len(chain) and chain[message.n - 1] == envelope:
                continue
            head = sha256(chain[-1]).hexdigest() if chain else NO_PREVIOUS
            if (message.n, message.prev) != (len(chain) + 1, head):
                raise FeedConflictError(n=len(chain))
            chain.append(envelope)

    @property
    def taking(self) -> Taking:
        return Taking(
            database=self.database,
            copy=self.copy,
            numbers=self.numbers,
            statement=OFFICE.statement,
            identities=(OFFICE.identity,),
            titles=NO_TITLES,
            clock=self.clock,
        )

    def run(self, *, posts: bool = True) -> None:
        """One pass: mirror, catch up, take in, look aside, top up, post."""
        held = self.copy.tree().size
        self.copy.append(held, self.world.log[held:])
        if not self.is_caught_up:
            self.catch_up()
        self.taking.take(self)
        check_numbers(self.database, self.numbers)
        for alarm in look_aside(
            self.world.aside,
            examiner=self.taking.examiner(),
            ledger=self.numbers,
            database=self.database,
            now_ms=self.clock(),
        ):
            self.copy.raise_alarm(alarm)
        self.acknowledge()
        self.numbers_desk.top_up()
        if posts:
            self.outgoing.post(self)

    def acknowledge(self) -> None:
        certificates = self.device_certificates()
        for row in self.database.rows(
            "SELECT sha256, device FROM entries WHERE genuine = 1 AND acknowledged = 0 ORDER BY idx"
        ):
            if row["device"] in certificates:
                with self.database.at_once():
                    self.tell(certificates[row["device"]], Acknowledgement(entries=(row["sha256"],)))
                    self.database.do("UPDATE entries SET acknowledged = 1 WHERE sha256 = ?", row["sha256"])

    @property
    def numbers_desk(self) -> Numbers:
        return OneKind(self, TEMPLATES)  # type: ignore[arg-type]

    def alarms(self) -> set[str]:
        return {row["code"] for row in self.database.rows("SELECT code FROM alarms")}

    def enrol(self, tablet: Tablet) -> None:
        row = {
            "id": tablet.id,
            "label": f"样例平板{tablet.n}",
            "key_id": tablet.key.key_id,
            "certificate": b"",
            "enrolled_ms": self.clock(),
            "revoked_ms": None,
        }
        self.catch_up()
        with self.database.at_once():
            self.database.put("devices", row)
            self.numbers_desk.equip(tablet.certificate)

    def revoke(self, tablet: Tablet) -> None:
        self.run()
        tablet.revoked = True
        with self.database.at_once():
            self.database.do("UPDATE devices SET revoked_ms = ? WHERE id = ?", self.clock(), tablet.id)
            self.numbers.close_device(tablet.id, "遗失或被盗")


class World:
    """Everything."""

    def __init__(self, folder: Path, desk_type: type[Desk] = Desk) -> None:
        self.now_ms, self._made = START_MS, 0
        self.log: list[bytes] = list(OFFICE.certificates[:1])
        self.feed: dict[str, list[bytes]] = {}
        self.chains: dict[str, list[str]] = {}
        self.blobs: dict[str, bytes] = {}
        self.aside: list[Aside] = []
        self.papers: list[tuple[object, str, str]] = []
        self.tablets: dict[str, Tablet] = {}
        self.folder = folder
        self.desk = desk_type(self, folder / "console")
        self._backup: Path | None = None

    def new_id(self) -> str:
        self._made += 1
        return uuid7(at_ms=self.now_ms, random=self._made.to_bytes(10, "big"))

    def enrol(self) -> Tablet:
        tablet = Tablet(self, len(self.tablets) + 1)
        self.tablets[tablet.id] = tablet
        self.log.append(issue_certificate(tablet.certificate, OFFICE.issuing))
        self.desk.enrol(tablet)
        self.desk.run()
        return tablet

    def set_aside(self, envelope: bytes, reason: str = EntryForkError.code) -> None:
        if envelope not in [one.envelope for one in self.aside]:
            self.aside.append(Aside(number=len(self.aside) + 1, reason=reason, envelope=envelope))

    def restart(self) -> None:
        """The console's program ends and starts again."""
        self.desk.close()
        self.desk.open()

    def back_up(self) -> None:
        self.desk.close()
        self._backup = self.folder / "backup"
        shutil.rmtree(self._backup, ignore_errors=True)
        shutil.copytree(self.folder / "console", self._backup)
        self.desk.open()

    def put_back(self) -> bool:
        """The console from its backup; False when there is none."""
        if self._backup is None:
            return False
        self.desk.close()
        shutil.rmtree(self.folder / "console")
        shutil.copytree(self._backup, self.folder / "console")
        self.desk.open()
        return True

    def close(self) -> None:
        self.desk.close()

    def series(self) -> tuple[Series, ...]:
        return self.desk.numbers.all_series()
