"""A record of several checklists at the console: a shared question once, and where it counts as well."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.catalog import Catalogue
from inspector.console.hall import Hall
from inspector.console.routes import record as at
from inspector.domain.checklist import Checklist, ChecklistId
from tests import make
from tests.console.desk_rig import TEMPLATES, DeskRig, printing
from tests.console.sealed_records import inspected, sealed
from tests.domain.lists import an_item
from tests.ui_harness import Harness, screen_test

FIRST = make.checklist()
OWN = an_item("tower", ask="避难层畅通", required=False)
SECOND = replace(
    FIRST,
    id=ChecklistId("high"),
    title="高层检查表",
    digest="d" * 64,
    sections=(FIRST.sections[0], replace(FIRST.sections[1], items=(*FIRST.sections[1].items, OWN))),
)


class Rig(DeskRig):
    """A desk that has some of the checklists."""

    known: tuple[Checklist, ...] = (FIRST, SECOND)

    def hall(self) -> Hall:
        files = {Path(f"{one.id}.toml"): one for one in self.known}
        catalogue = Catalogue(laws=make.LAWS, files=files)
        hall = Hall(
            self.desk,
            templates=TEMPLATES,
            catalogue=catalogue,
            elapsed=lambda: 0,
            **printing(self.folder),
        )
        self.devices = hall.devices
        self._halls.append(hall)
        return hall


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with Rig(tmp_path) as found:
        yield found


async def opened(rig: Rig, *known: Checklist) -> Harness:
    """The screen of a record of both checklists, at a desk that knows these."""
    rig.known = known
    tablet = rig.enrolled()
    entry = sealed(tablet, inspection=inspected(tablet, checklists=[FIRST, SECOND]))
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    return await rig.window(at(entry.sha256), width=1440, height=900)


@screen_test
async def test_a_shared_question_is_shown_once_with_where_it_stands_for_the_other_checklist(rig):
    ui = await opened(rig, FIRST, SECOND)
    texts = ui.texts()
    assert [texts.count(item.ask) for item in FIRST.items] == [1, 1, 1, 1]
    assert texts.count("已在《样例检查表》中检查：2 项") == 2
    assert OWN.ask in texts
    assert ui.errors() == []


@screen_test
async def test_without_the_first_checklist_the_others_words_name_the_answers(rig):
    ui = await opened(rig, SECOND)
    texts = ui.texts()
    assert "审核台没有这一版检查表，其中的项目列在最后。" in texts
    assert [texts.count(item.ask) for item in FIRST.items] == [1, 1, 1, 1]
    assert not [text for text in texts if text.startswith("fire-sample/")]


@screen_test
async def test_without_any_of_them_the_answers_stand_under_their_keys(rig):
    ui = await opened(rig)
    assert [str(make.key(item.id)) in ui.texts() for item in FIRST.items] == [True] * 4
