"""An office with many tablets and what lies between them, in one process: real books, chains and messages.

The server is a list of log leaves and a list of messages per tablet. What the world knows and no program
does: every paper that was ever printed.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
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
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.numbering import Series
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import china_date
from inspector.errors import EntryForkError, EntryQuarantinedError, FeedConflictError
from inspector.store.memory import DeviceMemory
from inspector.store.place import NAMES
from inspector.sync.messages import Aside
from inspector.tablet.numbers import NUMBERS, NumberBook
from inspector.trust import age, dsse
from inspector.trust.certificates import Certificate, Details, HolderKind, issue_certificate
from inspector.trust.keys import SigningKey
from inspector.trust.strict_json import parse_object
from inspector.work.feed import Acknowledgement, NumberBlock, NumberRecall, read_body
from inspector.work.issue import issue
from inspector.work.ports import FeedPage, FeedPosition
from inspector.work.seal import DeviceSeal
from tests.notices.samples import HAZARD
from tests.office import SampleOffice
from tests.store.simulated import Disk, Image, copied
from tests.tablet.rig import PlainPress

DAY_MS = 86_400_000
START_MS = 1_795_406_700_000  # 23 November 2026, noon
OFFICE = SampleOffice()
KIND = NoticeKind.HAZARD_NOTICE
TEMPLATES = {IssuerKind.NON_ENFORCEMENT: {KIND: "（{region}）隐患通知〔{year}〕{serial}号"}}
PROFILE = IssuerProfile(kind=IssuerKind.NON_ENFORCEMENT, name="样例社区（样例）", region="样")
ADMIN = LoggedIn(
    account=Account(id="a", login="样例管理员", role=Role.ADMINISTRATOR, is_active=True),
    key=SigningKey(bytes([9]) * 32),
    database_key=bytes(32),
)


class Tablet:
    """One tablet: a real store on a disk in memory, a real chain, a real book of numbers."""

    book_type = NumberBook

    def __init__(self, world: World, n: int) -> None:
        self.world, self.n = world, n
        self.id = f"0198c0de-0000-7000-8000-{n:012x}"
        self.key = SigningKey(bytes([30 + n]) * 32)
        self.identity = age.generate_identity()
        self.certificate = Certificate(
            tenant=OFFICE.tenant,
            kind=HolderKind.DEVICE,
            id=self.id,
            key=self.key.public,
            recipient=age.recipient_of(self.identity),
            details_sha256=Details(salt=bytes(16), name=f"样例平板{n}").sha256,
            issued_ms=world.now_ms,
        )
        self.sent = 0
        self.revoked = False
        self.enrolled = False
        self.was_put_back = False
        self.copy: Image = {}
        self.run_on(Disk())
        self.enrolled = True

    def run_on(self, disk: Disk) -> None:
        """The program, over what lies on a disk."""
        self.disk = disk
        self.memory = DeviceMemory(Path("/tablet"), bytes(32), files=self.disk)
        self.book = self.book_type(
            memory=self.memory,
            profile=lambda: PROFILE,
            device=lambda: self.id if self.enrolled else None,
            clock=lambda: self.world.now_ms,
        )
        self.book.look_where_we_are()

    def restart(self) -> None:
        """The program once more, over the same files."""
        self.run_on(Disk(self.disk.image()))

    def copy_folder(self) -> None:
        """Somebody copies the folder."""
        self.copy = self.disk.image()

    def copy_back(self, *, leaves_marks: bool = False) -> None:
        """The copy takes the folder's place; with `leaves_marks` a program copies only what differs."""
        if not self.copy:
            return
        here = self.disk.image()
        same = {
            path: data
            for path, data in here.items()
            if leaves_marks and path.name in NAMES and path in self.copy
        }
        self.run_on(Disk({**copied(self.copy), **same}))
        self.was_put_back = self.was_put_back or self.book.is_put_back

    def seal(self) -> DeviceSeal:
        recipients = (*OFFICE.statement.sealing_recipients, age.recipient_of(self.identity))
        return DeviceSeal(
            tenant=OFFICE.tenant, device=self.id, key=self.key, recipients=recipients, app="0.1.0"
        )

    def issue(self, *, jams: bool = False) -> str | None:
        """One paper; None when there is no number, or the printer jams after it was taken."""
        id = self.world.new_id()
        taken = self.book.take(KIND.value, entry=id)
        if taken is None or jams:
            return None
        day = china_date(self.world.now_ms)
        paper = replace(
            HAZARD,
            number=taken.text,
            public_id=sha256(id.encode()).hexdigest()[:32],
            issued_on=day,
            photos=(),
            findings=tuple(replace(one, photos=()) for one in HAZARD.findings),
        )
        issue(
            paper,
            id=id,
            press=PlainPress(),
            token=None,
            attachments={},
            photos=(),
            signers=(),
            seal=self.seal(),
            box=self.memory,
            at_ms=self.world.now_ms,
            numbered=taken.numbered,
        )
        self.world.papers.append((taken.numbered, taken.text, self.id))
        return taken.text

    def exchange(self, *, hears: bool = True) -> None:
        """One round with the server; without `hears` the line breaks before the messages."""
        self.book.tell_the_office(self.seal)
        known = self.world.chains.setdefault(self.id, [])
        mine = [entry.sha256 for entry in self.memory.entries()]
        if len(known) > len(mine):
            self.book.stop()
        elif known != mine[: len(known)]:
            for name in mine:
                if name not in known:
                    self.world.set_aside(self.memory.envelope(name))
            self.book.stop()
        elif self.revoked:
            for name in mine[len(known) :]:
                self.world.set_aside(self.memory.envelope(name), EntryQuarantinedError.code)
        else:
            for name in mine[len(known) :]:
                for blob in self.memory.delivery(name).blobs:
                    with self.memory.open_blob(blob.sha256) as sealed:
                        self.world.blobs[blob.sha256] = sealed.read()
                known.append(name)
                self.world.log.append(self.memory.envelope(name))
        if hears and not self.revoked:
            self.hear()

    def hear(self) -> None:
        position = self.memory.position()
        for envelope in self.world.feed.get(self.id, [])[position.n :]:
            message = FeedMessage.from_payload(parse_object(dsse.peek(envelope).payload))
            if (message.n, message.prev) != (position.n + 1, position.head):
                return
            body = read_body(message, [self.identity], OFFICE.statement)
            if isinstance(body, NumberBlock):
                self.book.take_in(body)
            elif isinstance(body, NumberRecall):
                self.book.recall(body.blocks)
            elif isinstance(body, Acknowledgement):
                for name in body.entries:
                    self.memory.acknowledge(name, at_ms=self.world.now_ms)
            position = FeedPosition(n=message.n, head=sha256(envelope).hexdigest(), at_ms=message.at_ms)
            self.memory.keep(message.n, envelope)
            self.memory.advance(position)

    def held(self) -> set[tuple[int, int]]:
        """Year and number of everything that it could still take."""
        if self.book.is_stopped or self.book.is_put_back:
            return set()
        rows = self.memory.rows(NUMBERS).values()
        return {
            (row["year"], n)
            for row in rows
            if not row["returned"] and not row["void"]
            for n in range(row["next"], row["last"] + 1)
        }


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

    desk_type = Desk

    def __init__(self, folder: Path) -> None:
        self.now_ms, self._made = START_MS, 0
        self.log: list[bytes] = list(OFFICE.certificates[:1])
        self.feed: dict[str, list[bytes]] = {}
        self.chains: dict[str, list[str]] = {}
        self.blobs: dict[str, bytes] = {}
        self.aside: list[Aside] = []
        self.papers: list[tuple[object, str, str]] = []
        self.tablets: dict[str, Tablet] = {}
        self.folder = folder
        self.desk = self.desk_type(self, folder / "console")
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
