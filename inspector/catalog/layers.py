"""Laying layers over a catalogue: national checklists, then province, city and office, each stricter or told.

* A layer adds, tightens and replaces in the resolved trees; the outcome is read as strictly as any checklist,
  and every fault is told at once with the layer's file and line.
* **Nothing is weakened silently.** Whatever could let pass what did not pass before is a fault, unless the
  change itself says why (`weakens`); then it is listed wherever the layer is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inspector.catalog.amending import Problems, amended_tree, extended_laws, swaps_of
from inspector.catalog.checklist_file import LAYERS, checklist_of
from inspector.catalog.citation_strictness import law_changes
from inspector.catalog.content import Content, Tree
from inspector.catalog.faults import Faults, nearest, refusal
from inspector.catalog.folder import Catalogue, Entry
from inspector.catalog.law_file import laws_of
from inspector.catalog.layer_file import Act, Amended, Amendment, Layer, Level
from inspector.catalog.strictness import Change, Ground, changes_of
from inspector.domain.checklist import Checklist
from inspector.domain.law import Laws
from inspector.errors import Fault

_ORDER = tuple(Level)
_STRICTER_ONLY = (Act.TIGHTEN, Act.SECTION, Act.ITEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakening:
    """Something that a layer lets pass on purpose.

    Attributes:
        layer: the layer's id; `title` is the checklist's, `item` the item's id.
        words: what became less.
        reason: the layer's own words.
    """

    layer: str
    checklist: str
    title: str
    item: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid:
    """A catalogue with all layers on it."""

    content: Content
    catalogue: Catalogue
    weakenings: tuple[Weakening, ...]


def catalogue_of(content: Content, *, name: str) -> Catalogue:
    """The catalogue that a content amounts to, read as strictly as files are.

    Args:
        name: what to call it in faults.

    Raises:
        ChecklistFaultsError: carrying every fault of it.
    """
    faults = Faults(name)
    laws = laws_of(content.laws, faults)
    files: dict[Path, Checklist | tuple[Fault, ...]] = {}
    for tree in content.checklists:
        id = str(tree.get("id"))
        one = Faults(f"{name} {id}")
        files[Path(f"{id}.toml")] = checklist_of(tree, {}, laws, one)
        faults.take(one)
    if len(files) != len(content.checklists):
        faults.add("id", "有两张检查表编号相同", "每张检查表的编号只用一次")
    faults.refuse()
    return Catalogue(laws=laws, files=files, content=content)


def lay_over(base: Catalogue, layers: Sequence[Layer]) -> Overlaid:
    """The catalogue with the layers on it, level by level.

    Raises:
        ChecklistFaultsError: the base has no laws; a layer does not fit, or weakens without saying why.
            It carries every fault of all layers up to and including the first level that has any.
    """
    if base.content is None:
        raise refusal("laws.toml", base.faults)
    content, catalogue = base.content, base
    weakenings: list[Weakening] = []
    faults = _faults_of_twins(layers)
    for level in _ORDER:
        for layer in sorted((one for one in layers if one.level is level), key=lambda one: one.id):
            laid = _Laying(layer, content, catalogue)
            content, catalogue = laid.content, laid.catalogue
            weakenings += laid.weakenings
            faults += laid.faults
        if faults:
            raise refusal(faults[0].file, tuple(faults))
    return Overlaid(content=content, catalogue=catalogue, weakenings=tuple(weakenings))


def compare(before: Catalogue, after: Catalogue) -> tuple[Change, ...]:
    """Every difference between two catalogues; those that let pass what did not are marked."""
    found = [
        Change(checklist="", title="法律", item="", words=words, weakens=weakens)
        for words, weakens in law_changes(before.laws, after.laws)
    ]
    ground = Ground(before=before.laws, after=after.laws)
    for old in before.checklists:
        new = after.get(old.id)
        if new is None:
            found.append(_of_list(old, "不再有这张检查表", weakens=True))
        elif new.digest != old.digest:
            found += changes_of(old, new, ground)
    found += [
        _of_list(new, "新的检查表", weakens=False) for new in after.checklists if before.get(new.id) is None
    ]
    return tuple(found)


def _of_list(checklist: Checklist, words: str, *, weakens: bool) -> Change:
    return Change(checklist=checklist.id, title=checklist.title, item="", words=words, weakens=weakens)


def _faults_of_twins(layers: Sequence[Layer]) -> list[Fault]:
    found: list[Fault] = []
    for number, layer in enumerate(layers):
        if layer.id in [other.id for other in layers[:number]]:
            faults = Faults(layer.file)
            faults.add("id", f"编号“{layer.id}”与另一层相同", "每一层的编号只用一次", "换一个编号")
            found += faults.as_tuple()
    return found


class _Laying:
    """One layer laid over what lies below it; afterwards the outcome, or below it what was there before."""

    def __init__(self, layer: Layer, content: Content, catalogue: Catalogue) -> None:
        self._layer, self._faults = layer, Faults(layer.file)
        self.content, self.catalogue = content, catalogue
        self.weakenings: list[Weakening] = []
        laws_tree = extended_laws(content.laws, layer, self._faults)
        laws = laws_of(laws_tree, self._faults)
        self._refuse_weaker_laws(laws)
        trees = {str(tree.get("id")): tree for tree in content.checklists}
        files: dict[Path, Entry] = {Path(f"{one.id}.toml"): one for one in catalogue.checklists}
        for amended in layer.amended:
            tree = self._amend(amended, trees, laws)
            if tree is not None:
                trees[amended.checklist], files[Path(f"{amended.checklist}.toml")] = tree
        if not self._faults:
            self.content = Content(laws=laws_tree, checklists=tuple(trees.values()))
            self.catalogue = Catalogue(laws=laws, files=files, content=self.content)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the layer."""
        return self._faults.as_tuple()

    def _refuse_weaker_laws(self, laws: Laws) -> None:
        for words, weakens in law_changes(self.catalogue.laws, laws):
            if weakens:
                self._faults.add("article", words, "叠加层只能补充条文，或把没核对的条文改标为 V")

    def _amend(
        self, amended: Amended, trees: Mapping[str, Tree], laws: Laws
    ) -> tuple[Tree, Checklist] | None:
        before = next((one for one in self.catalogue.checklists if one.id == amended.checklist), None)
        if before is None:
            what = f"没有“{amended.checklist}”这张检查表"
            hint = nearest(amended.checklist, trees)
            self._faults.add(f"{amended.place} · id", what, "叠加层改的是已有的检查表", hint)
            return None
        problems = Problems(self._faults)
        tree = amended_tree(trees[amended.checklist], amended, problems)
        tree = {
            **tree,
            LAYERS: [*tree.get(LAYERS, ()), {"id": self._layer.id, "version": self._layer.version}],
        }
        found = Faults(self._layer.file)
        after = checklist_of(tree, self._places(before, amended), laws, found)
        self._faults.take(found)
        if found or problems.any:
            return None
        swaps = swaps_of(amended)
        ground = Ground(before=self.catalogue.laws, after=laws, swaps=swaps)
        self._weigh(amended, changes_of(before, after, ground))
        return tree, after

    def _places(self, before: Checklist, amended: Amended) -> Mapping[str, str]:
        """Where each item stands: in the checklist, unless this layer wrote or changed it."""
        inside = {str(item.id): f"{amended.checklist} {item.id}" for item in before.items}
        touched = {
            one.item: one.place
            for one in amended.amendments
            if one.act not in (Act.SECTION, Act.ITEM) and one.item
        }
        return {**inside, **self._layer.places, **touched}

    def _weigh(self, amended: Amended, changes: Sequence[Change]) -> None:
        """List what is weakened with a reason; refuse what is weakened without one."""
        said = {one.item: one for one in amended.amendments if one.weakens}
        for change in changes:
            if change.weakens and change.item not in said:
                self._refuse(amended, change)
        for one in said.values():
            words = [change.words for change in changes if change.weakens and change.item == one.item]
            self.weakenings += [
                self._weakening(amended, one, each) for each in words or ["措辞由作者声明为放宽"]
            ]

    def _weakening(self, amended: Amended, one: Amendment, words: str) -> Weakening:
        title = next(each.title for each in self.catalogue.checklists if each.id == amended.checklist)
        return Weakening(
            layer=self._layer.id,
            checklist=amended.checklist,
            title=title,
            item=one.item,
            words=words,
            reason=one.weakens,
        )

    def _refuse(self, amended: Amended, change: Change) -> None:
        touched = [one for one in amended.amendments if one.item == change.item]
        place = touched[-1].place if touched else amended.place
        can_say = any(one.act not in _STRICTER_ONLY for one in touched)
        hint = (
            "恢复原来的要求，或写 weakens = “理由”" if can_say else "恢复原来的要求，或用 replace 并写明理由"
        )
        self._faults.add(place, f"放宽了要求：{change.words}", "放宽必须写明理由，不能悄悄放宽", hint)
