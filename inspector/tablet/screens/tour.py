"""Going through the checklists: which part is in view, the next one, what is still open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from inspector.domain.answer import ItemKey
from inspector.domain.inspection import Inspection
from inspector.domain.rules import lacks
from inspector.tablet import routes
from inspector.tablet.parts import Part, next_open, part_with
from inspector.tablet.walk import View, Walk, Whereabouts
from inspector.tablet.workbench import Workbench
from inspector.ui.dialogs import put_away_snack
from inspector.work.conduct import Undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What of the checklists is in view.

    Attributes:
        part: the shown part's id.
        target: the item to bring into view; `turn` makes the same one a new wish.
        only: with 只看未检, the items that were open when it was switched on; None shows all.
        looking: the search stands in place of the items.
    """

    part: str = ""
    target: str = ""
    turn: int = 0
    only: frozenset[ItemKey] | None = None
    looking: bool = False


class Tour:
    """One screen's way through its inspection; the same object for as long as the screen is there.

    Args:
        show: shows another place.
    """

    def __init__(self, walk: Walk, show: Callable[[Place], None]) -> None:
        self._walk, self._show = walk, show
        self.place = Place()
        self.sought = ""
        """What was typed into the search last; it is there again when the tablet is turned."""

    @property
    def part(self) -> Part | None:
        """The part in view."""
        return part_of(self._walk.now, self.place)

    @property
    def is_at_the_end(self) -> bool:
        """No part with questions of its own follows the one in view."""
        return self._following() is None

    async def choose(self, id: str) -> None:
        """Show the part of that id."""
        target = next((part for part in self._walk.now.parts if part.id == id), None)
        if target is not None:
            await self._go(target, filtered=self.place.only is not None)

    async def filter(self) -> None:
        """只看未检, or everything again."""
        if self.part is not None:
            await self._go(self.part, filtered=self.place.only is None)

    async def jump(self) -> None:
        """Show the next item that lacks something, in whichever part."""
        view = self._walk.now
        found = next_open(view.parts, view.inspection.answers, self.part.id if self.part else "")
        if found is None:
            self._walk.announce("没有未检项目，可以去完成检查")
        else:
            await self._go(found[0], found[1])

    async def ahead(self) -> None:
        """The next part; after the last one, what is missing and the signatures."""
        following = self._following()
        if following is None:
            await self.finish()
        else:
            await self._go(following, filtered=self.place.only is not None)

    async def show(self, key: ItemKey) -> None:
        """Bring an item that is asked into view, whatever is filtered."""
        target = part_with(self._walk.now.parts, key)
        if target is not None:
            await self._go(target, key, filtered=False)

    def look(self, looking: bool = True) -> None:
        """Search the checklists, or go back to the items."""
        self._show(replace(self.place, looking=looking, turn=self.place.turn + 1))

    async def lists(self) -> None:
        """Go on to the checklists of this inspection."""
        await self._leave(routes.lists(self._walk.id))

    async def finish(self) -> None:
        """Go on to the end of the inspection."""
        await self._leave(routes.finish(self._walk.id))

    async def home(self) -> None:
        """Leave the inspection as it is."""
        await self._leave(routes.today())

    async def pass_rest(self) -> None:
        """本节其余合格: only what is in view, and only what a glance can judge."""
        part, only = self.part, self.place.only
        if part is None:
            return
        seen = part.keys if only is None else part.keys & only
        stood: list[Undo] = []

        def step(bench: Workbench, now: Inspection) -> Inspection:
            after, undo = bench.inspections.pass_the_rest(now, (part.checklist, part.section), seen)
            stood.append(undo)
            return after

        if await self._walk.act(step) is not None:
            return
        if count := len(stood[0].answers):
            self._walk.announce(f"已把本节其余 {count} 项判为合格", stood[0])
        else:
            self._walk.announce("这一节没有可以一并判合格的项目，其余请逐项填写")

    def _following(self) -> Part | None:
        parts, part = self._walk.now.parts, self.part
        at = next((number for number, one in enumerate(parts) if part and one.id == part.id), len(parts))
        return next((one for one in parts[at + 1 :] if one.items), None)

    async def _go(self, target: Part, key: str = "", *, filtered: bool = False) -> None:
        only = _open_keys(self._walk.now, target) if filtered else None
        if target.id != self.place.part:
            put_away_snack()
        self._show(Place(part=target.id, target=key, turn=self.place.turn + 1, only=only))
        await self._walk.go_to(Whereabouts(part=target.id, item=key))

    async def _leave(self, route: str) -> None:
        await self._walk.flush()
        self._walk.session.navigate(route)


def part_of(view: View, place: Place) -> Part | None:
    """The part in view; the first one when an answer has made it disappear."""
    return next((part for part in view.parts if part.id == place.part), view.parts[0] if view.parts else None)


def start_of(view: View) -> Place:
    """Where somebody was, or where the newest answer of that part is."""
    start = view.start
    part = next((one for one in view.parts if start and one.id == start.part), None)
    if start is None or part is None:
        return Place(part=view.parts[0].id if view.parts else "")
    if start.item:
        return Place(part=start.part, target=start.item)
    answers = [view.inspection.answers[key] for key, _ in part.items if key in view.inspection.answers]
    newest = max(answers, key=lambda answer: answer.at_ms).item if answers else ""
    return Place(part=start.part, target=newest)


def _open_keys(view: View, part: Part) -> frozenset[ItemKey]:
    answers = view.inspection.answers
    return frozenset(key for key, item in part.items if lacks(item, answers.get(key)))
