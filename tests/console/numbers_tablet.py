"""One tablet among many: a real store on a disk in memory, a real chain, a real book of numbers."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.domain.delivery import FeedMessage
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import china_date
from inspector.errors import EntryQuarantinedError
from inspector.store.memory import DeviceMemory
from inspector.store.place import NAMES
from inspector.tablet.numbers import NUMBERS, NumberBook
from inspector.trust import age, dsse
from inspector.trust.certificates import Certificate, Details, HolderKind
from inspector.trust.keys import SigningKey
from inspector.trust.strict_json import parse_object
from inspector.work.feed import Acknowledgement, NumberBlock, NumberRecall, read_body
from inspector.work.issue import issue
from inspector.work.ports import FeedPosition
from inspector.work.seal import DeviceSeal
from tests.notices.samples import HAZARD
from tests.office import SampleOffice
from tests.store.simulated import Disk, Image, copied
from tests.tablet.rig import PlainPress

if TYPE_CHECKING:
    from tests.console.numbers_world import World

OFFICE = SampleOffice()
KIND = NoticeKind.HAZARD_NOTICE
PROFILE = IssuerProfile(kind=IssuerKind.NON_ENFORCEMENT, name="样例社区（样例）", region="样")


class Tablet:
    """What a tablet is to its office, and to whoever copies its folder."""

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
