"""The tablet of the headless demo: the same door and workbench as behind the screens, driven step by step."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from inspector.demo import samples
from inspector.demo.samples import SampleVisit
from inspector.demo.steps import obey
from inspector.domain.answer import ItemKey, Verdict
from inspector.domain.checklist import Item, ItemKind, item_key
from inspector.domain.finding import Finding
from inspector.domain.identifiers import uuid7
from inspector.domain.inspection import Amends, Inspection, PhotoSource, Position, Role
from inspector.domain.rules import shown_items
from inspector.domain.working_days import china_date
from inspector.errors import IllegalMoveError
from inspector.photos.picture import intake
from inspector.photos.sample import sample_picture
from inspector.tablet.assembly import Place, assemble
from inspector.tablet.gate import Gate
from inspector.tablet.workbench import Workbench
from inspector.work import enrol
from inspector.work.enrol import Application, TabletBox

FAILURES = 3
STROKES = (((120, 180), (240, 60), (330, 200), (430, 90)), ((520, 70), (600, 210), (720, 60), (860, 190)))
PAD_HEIGHT = 280
_COUNTED = re.compile("＿＿(?=[人件个只台张把瓶箱袋份次天日月年层米厘毫公千吨升名家处]|平方)")
"""What an inspector fills in with a number."""


class TabletWorker:
    """The steps of the tablet.

    Args:
        knock: the letter box at an address, for enrolling.
        clock: milliseconds since the Unix epoch.
    """

    def __init__(self, gate: Gate, *, knock: Callable[[str], TabletBox], clock: Callable[[], int]) -> None:
        self._gate, self._knock, self._clock = gate, knock, clock
        self._application: tuple[Application, TabletBox] | None = None
        self._pictures = 0

    # --- Setting up ---

    def set_up(self) -> Mapping[str, Any]:
        """Two inspectors, each with a PIN; the same again after a restart unlocks both."""
        first, *others = samples.PEOPLE
        if self._gate.is_set_up:
            ids = [person.id for person in self._gate.people()]
            self._gate.unlock(ids[0], first.pin)
            for id, person in zip(ids[1:], others, strict=True):
                self._gate.unlock_beside(id, person.pin)
        else:
            self._gate.set_up(name=first.name, number=first.number, role="", pin=first.pin)
            for person in others:
                self._gate.join(name=person.name, number=person.number, role="", pin=person.pin)
        return {"people": len(self._gate.people())}

    def apply(self, text: str) -> Mapping[str, Any]:
        """Answer an invitation: the digits to compare."""
        crew = self._bench.crew
        device = crew.create_device(id=self._new_id(), label="样例平板一号")
        offer, box = enrol.begin(enrol.invitation_from(text), connect=self._knock)
        request, keys = crew.request(device)
        application = enrol.apply(offer, request, keys)
        enrol.hand_in(application, box)
        self._application = (application, box)
        return {"digits": application.digits}

    def finish(self) -> Mapping[str, Any]:
        """Fetch the certificates and keep them."""
        if self._application is None:
            raise IllegalMoveError(reason="还没有申请登记")
        result = enrol.finish(*self._application)
        bench = self._bench
        bench.crew.certified(result.statement, (result.device, *result.inspectors))
        bench.office.settle(result.url, result.root_fingerprint)
        statement = bench.crew.statement()
        if statement is not None:
            self._gate.escrow_to(statement.sealing_recipients)
        return {"device": result.device.certificate.id}

    # --- Working ---

    def inspect(self, visit: int, out: str) -> Mapping[str, Any]:
        """One whole inspection, its seal and its documents; nothing here asks for a network."""
        planned = samples.VISITS[visit]
        enterprise = next(one for one in self._bench.office.enterprises() if one.id == planned.enterprise.id)
        inspection = self._bench.inspections.begin(
            enterprise, [planned.checklist], [member.id for member in self._bench.crew.members()]
        )
        inspection = self._walk(inspection)
        return self._close(inspection, planned, Path(out))

    def correct(self, out: str) -> Mapping[str, Any]:
        """Answer every returned record by a new one that names it."""
        corrected = []
        for task in self._bench.office.tasks():
            old = self._bench.inspections.open(task.record)
            planned = next(v for v in samples.VISITS if v.enterprise.id == old.enterprise.id)
            again = self._bench.inspections.begin(
                old.enterprise,
                [planned.checklist],
                [member.id for member in self._bench.crew.members()],
                amends=Amends(record=task.record, sha256=task.sha256),
            )
            again = self._walk(again)
            for item in task.items:
                key = ItemKey(item.item)
                again = self._bench.inspections.note(again, key, f"已按审核意见补充：{item.note}")
            corrected.append(self._close(again, planned, Path(out)))
            self._bench.office.answered(task.record, again.id)
        return {"corrected": corrected}

    def exchange(self) -> Mapping[str, Any]:
        """One exchange with the office."""
        report = self._bench.office.exchange(lambda _progress: None, lambda: False)
        if report is None:
            return {"busy": True}
        return {
            "sent": report.sent,
            "received": report.received,
            "acknowledged": report.acknowledged,
            "messages": report.messages,
            "waiting": report.waiting,
            "alarms": [alarm.code for alarm in report.alarms],
            "stopped": report.stopped.code if report.stopped else None,
            "paused": report.paused.code if report.paused else None,
        }

    def hand_out(self, out: str) -> Mapping[str, Any]:
        """Write every entry's sealed record, sealed photos and receipt into a folder."""
        folder, memory = Path(out), self._bench.memory
        written: dict[str, list[str]] = {"records": [], "photos": [], "receipts": []}
        for name in ("records", "photos", "receipts"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for row in self._bench.office.transfer():
            entry = row.entry
            _write(
                written["records"],
                folder / "records" / f"{entry.seq:04}-{row.kind}.age",
                self._body(entry.sha256),
            )
            for blob in entry.blobs:
                with memory.open_blob(blob.sha256) as source:
                    _write(written["photos"], folder / "photos" / f"{blob.sha256[:16]}.age", source.read())
            receipt = memory.receipt(entry.sha256)
            if receipt is not None:
                _write(written["receipts"], folder / "receipts" / f"{entry.sha256}.txt", receipt)
        return {name: sorted(files) for name, files in written.items()}

    # --- Inside ---

    @property
    def _bench(self) -> Workbench:
        if self._gate.workbench is None:
            raise IllegalMoveError(reason="平板没有解锁")
        return self._gate.workbench

    def _walk(self, inspection: Inspection) -> Inspection:
        """Answer every item: a few fail, with photos; a measure and a choice are entered as they come."""
        acts = self._bench.inspections
        checklist = acts.reference(inspection).checklists[0]
        failures = 0
        seen: set[ItemKey] = set()
        while pending := [
            i for i in shown_items(checklist, inspection.answers) if item_key(checklist, i) not in seen
        ]:
            item = pending[0]
            key = item_key(checklist, item)
            seen.add(key)
            fails = (
                item.judged and item.kind is ItemKind.PASS_FAIL and failures < FAILURES and len(seen) % 4 == 0
            )
            inspection = self._answer(inspection, key, item, fails=fails)
            finding = inspection.findings.get(key)
            if finding is not None:
                failures += 1
                inspection = self._complete(inspection, key, finding, item, corrected=failures == 1)
        now = self._clock()
        position = Position(latitude="27.238900", longitude="111.467000", accuracy_m="12", at_ms=now)
        return acts.located(inspection, position)

    def _answer(self, inspection: Inspection, key: ItemKey, item: Item, *, fails: bool) -> Inspection:
        acts = self._bench.inspections
        match item.kind:
            case ItemKind.PASS_FAIL:
                return acts.judge(inspection, key, Verdict.FAIL if fails else Verdict.PASS)
            case ItemKind.CHOICE:
                good = next((one for one in item.choices if not one.fails), item.choices[0])
                return acts.enter_value(inspection, key, good.id)
            case ItemKind.MEASURE:
                return acts.enter_value(inspection, key, _good_measure(item))
            case ItemKind.DATE:
                return acts.enter_value(inspection, key, china_date(self._clock()).isoformat())
            case ItemKind.TEXT:
                return acts.enter_value(inspection, key, "样例：现场询问与查看相符")
            case ItemKind.PHOTO:
                return self._photograph(inspection, key, after=False)

    def _complete(
        self, inspection: Inspection, key: ItemKey, finding: Finding, item: Item, *, corrected: bool
    ) -> Inspection:
        acts = self._bench.inspections
        for _ in range(max(1, item.evidence.photos)):
            inspection = self._photograph(inspection, key, after=False)
        if item.evidence.note:
            inspection = acts.note(inspection, key, "样例：现场情况说明")
        finding = _with_facts(inspection.findings[key])
        inspection = acts.revise(inspection, finding)
        for criterion in finding.criteria:
            inspection = acts.decide(
                inspection,
                inspection.findings[key],
                criterion.name,
                upheld=False,
                reason="样例：不符合判定条件",
            )
        if corrected:
            inspection = acts.put_right(inspection, key)
            inspection = self._photograph(inspection, key, after=True)
        return inspection

    def _photograph(self, inspection: Inspection, key: ItemKey, *, after: bool) -> Inspection:
        self._pictures += 1
        picture = intake(sample_picture(self._pictures))
        return self._bench.inspections.photograph(
            inspection, key, picture, PhotoSource.CAMERA, after_correction=after
        )

    def _close(self, inspection: Inspection, planned: SampleVisit, out: Path) -> Mapping[str, Any]:
        closing, person = self._bench.closing, inspection.enterprise
        if planned.refuses:
            inspection = closing.refuse(inspection, "样例：对结论有异议", "样例见证人")
        else:
            inspection = closing.sign(
                inspection,
                Role.RESPONSIBLE,
                STROKES,
                height=PAD_HEIGHT,
                name=person.person,
                position=person.position,
            )
        inspection, entry = closing.seal(inspection, lambda _step: None)
        return {
            "inspection": inspection.id,
            "enterprise": person.name,
            "findings": len(inspection.findings),
            "photos": len(inspection.photos),
            "entry": entry,
            "notices": list(self._issue(inspection, out)),
        }

    def _issue(self, inspection: Inspection, out: Path) -> Sequence[Mapping[str, Any]]:
        folder = out / "notices"
        folder.mkdir(parents=True, exist_ok=True)
        told = []
        for document in self._bench.paper.documents(inspection):
            issued = self._bench.paper.issue(inspection, document.kind, document.own)
            name = f"{inspection.enterprise.id}-{document.id}-{inspection.id[:13]}.pdf"
            (folder / name).write_bytes(issued.pdf)
            told.append({"kind": document.id, "number": issued.notice.number, "pdf": f"notices/{name}"})
        return told

    def _body(self, entry: str) -> bytes:
        body = self._bench.memory.delivery(entry).body
        if isinstance(body, bytes):
            return body
        with self._bench.memory.open_blob(body.sha256) as source:
            return source.read()

    def _new_id(self) -> str:
        return uuid7(at_ms=self._clock(), random=secrets.token_bytes(10))


def run(place: Place, *, clock: Callable[[], int], uptime: Callable[[], int], version: str) -> int:
    """Obey steps until standard input ends."""
    tablet = assemble(place, clock=clock, uptime=uptime, version=version)
    tablet.open()
    try:
        worker = TabletWorker(tablet.gate, knock=tablet.knock, clock=clock)
        steps = ("set_up", "apply", "finish", "inspect", "correct", "exchange", "hand_out")
        return obey({name: getattr(worker, name) for name in steps})
    finally:
        tablet.gate.close()


def _good_measure(item: Item) -> str:
    """A value that keeps the item's limit."""
    limit, scale = item.limit, item.scale
    if scale is None:
        return "0"
    if limit is None:
        return scale.lowest
    at_least = limit.below or limit.at_or_below
    return scale.highest if at_least is not None else scale.lowest


def _with_facts(finding: Finding) -> Finding:
    counted = _COUNTED.sub("2", finding.facts)
    return replace(finding, facts=counted.replace("＿＿", "样例处"))


def _write(names: list[str], path: Path, data: bytes) -> None:
    path.write_bytes(data)
    names.append(f"{path.parent.name}/{path.name}")
