"""A tablet with an inspection on the screen: what the tests of the inspection itself share."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft
import flet.canvas as cv

from inspector.domain.answer import ItemKey, Verdict
from inspector.domain.checklist import ItemKind, Limit, Scale, Section, SectionId
from inspector.domain.inspection import Inspection
from inspector.domain.issuer import IssuerKind
from inspector.domain.profile import IssuerProfile
from inspector.tablet import routes
from tests import make
from tests.domain.lists import a_checklist, a_fact, an_item, when
from tests.photos.pictures import corners, encoded
from tests.tablet.rig import NAME, NUMBER, PIN, SECOND, SECOND_NUMBER, Rig
from tests.ui_harness import Harness

EXIT, WIDTH = "checklist.item.fire-sample.exit-unlocked", "checklist.item.fire-sample.door-width"
SIGNS, MAJOR = "checklist.item.fire-sample.signs", "checklist.item.fire-sample.water-cut"
JPEG = encoded(corners(640, 480))

KINDS = a_checklist(
    a_fact("floor", ask="是否在地下"),
    an_item("below", ask="地下安全出口数量足够", shows=when("floor", "yes")),
    an_item("state", ItemKind.CHOICE, ask="设施状态"),
    an_item("drill", ItemKind.DATE, ask="最近一次演练日期"),
    an_item("who", ItemKind.TEXT, ask="值班人员", judged=False, findings=(), remedy=None),
    an_item("gate", ItemKind.PHOTO, ask="大门照片", judged=False, findings=(), remedy=None, required=False),
    an_item(
        "height",
        ItemKind.MEASURE,
        ask="堆垛高度",
        scale=Scale(unit="米", decimals=1, lowest="0", highest="30"),
        limit=Limit(above="4.0", basis=make.checklist().items[0].basis[0]),
        findings=("堆垛高 {value} {unit}，超过限值。",),
    ),
    id="kinds",
)


def item(id: str) -> str:
    """The prefix of the names of an item of `KINDS`."""
    return f"checklist.item.kinds.{id}"


def kinds_key(id: str) -> ItemKey:
    return ItemKey(f"kinds/{id}")


def long_checklist(items: int, sections: int = 1, id: str = "long"):
    """Many plain items, evenly over the sections."""
    each = items // sections
    parts = tuple(
        Section(
            id=SectionId(f"s{number}"),
            title=f"第 {number} 节",
            items=tuple(
                an_item(f"i{number}-{place}", ask=f"第 {number} 节第 {place} 项") for place in range(each)
            ),
        )
        for number in range(1, sections + 1)
    )
    return a_checklist(sections=parts, id=id)


class Walking(Rig):
    """A rig whose window opens on an inspection."""

    draft_id: str = ""
    ui: Harness

    async def open(
        self,
        make_draft: Callable[[], Inspection] | None = None,
        route: Callable[[str], str] = routes.inspection,
        **page: object,
    ) -> Harness:
        """A window on an inspection that was begun, of a tablet with two certified inspectors."""
        self.tablet.open()
        gate = self.tablet.gate
        await self.tablet.act(gate.set_up, name=NAME, number=NUMBER, role="检查员", pin=PIN)
        await self.tablet.act(gate.join, name=SECOND, number=SECOND_NUMBER, role="", pin=PIN)
        self.enrol()
        profile = IssuerProfile(kind=IssuerKind.EMERGENCY_MANAGEMENT, name="样例应急管理局", region="样")
        self.bench.memory.put_fact("issuer", profile.to_record())
        self.draft_id = (make_draft or self.draft)().id
        await self.tablet.enter(lambda: None)
        self.ui = await self._unlocked_window(route(self.draft_id), page)
        return self.ui

    async def again(self, route: Callable[[str], str] = routes.inspection) -> Harness:
        """The page is loaded again: the old window goes, a PIN is asked, another one comes."""
        await self.ui.session.dispatch_event(self.ui.page._i, "disconnect", None)
        await self.ui.settle()
        await self.tablet.lock()
        self.tablet._windows.clear()
        self.ui = await self._unlocked_window(route(self.draft_id), {})
        return self.ui

    @property
    def on_disk(self) -> Inspection:
        """The inspection as another start of the program would find it: every journal read again."""
        self.bench.drafts.close(self.draft_id)
        return self.bench.inspections.open(self.draft_id)


async def pick(ui: Harness, *files: tuple[str, bytes], by: str = "photo-pick") -> None:
    """Choose files in the picker that is open."""
    picker = ui.by_identifier(by).action.file_picker
    listed = [
        {"id": place, "name": name, "size": len(data), "path": None, "bytes": data}
        for place, (name, data) in enumerate(files)
    ]
    await ui.fire(picker, "result", {"files": listed})


async def blur(ui: Harness, identifier: str) -> None:
    """The field is left."""
    await ui.fire(ui.by_identifier(identifier), "blur")


async def draw(ui: Harness, pad: str = "signing") -> None:
    """One stroke on the pad, and 完成."""
    await ui.fire(ui.all(cv.Canvas)[0], "resize", {"w": 500, "h": 220.0})
    surface = ui.all(ft.GestureDetector)[0]

    def at(x: float, y: float) -> dict[str, object]:
        where = {"x": x, "y": y}
        return {"k": "touch", "l": where, "g": where}

    await ui.fire(surface, "pan_down", {"l": {"x": 50, "y": 50}, "g": {"x": 50, "y": 50}})
    for point in ((120, 80), (200, 40), (300, 90)):
        await ui.fire(surface, "pan_update", at(*point))
    await ui.fire(surface, "pan_end", {**at(300, 90), "v": {"x": 0, "y": 0}})
    await ui.tap(f"{pad}-done")


def verdict_on_disk(rig: Walking, key) -> Verdict | None:
    answer = rig.on_disk.answers.get(key)
    return answer.verdict if answer else None
