"""Choosing checklists: what fits comes first, nothing is out of reach, and what was chosen is remembered."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.demo.samples import ENTERPRISES
from inspector.domain.checklist import Domain
from inspector.domain.kinds import EnterpriseKind
from inspector.tablet.offering import load_of, offer
from inspector.work.feed import EnterpriseList
from tests import make
from tests.shipped import CATALOGUE
from tests.tablet.rig import Rig
from tests.ui_harness import Harness, screen_test

SHIPPED = CATALOGUE.checklists
IDS = [str(one.id) for one in SHIPPED]
BY_ID = {str(one.id): one for one in SHIPPED}
GAS = next(one for one in ENTERPRISES if one.id == "sample-gas")
MALL = next(one for one in ENTERPRISES if one.id == "sample-mall")


def ids(lists) -> list[str]:
    return [str(one.id) for one in lists]


# --- What is offered -------------------------------------------------------------------------------


@given(
    st.lists(st.sampled_from(EnterpriseKind), max_size=3, unique=True),
    st.none() | st.sampled_from(Domain),
    st.lists(st.sampled_from([*IDS, "gone"]), max_size=4),
    st.lists(st.sampled_from([*IDS, "gone"]), max_size=8),
)
def test_every_checklist_is_offered_once_whatever_is_known(kinds, domain, last, recent):
    enterprise = make.enterprise(kinds=tuple(kinds), domain=domain)
    found = offer(SHIPPED, enterprise, last=last, recent=recent)
    assert sorted(ids(found.every)) == sorted(IDS)
    known = [id for id in dict.fromkeys(last) if id in BY_ID]
    assert ids(found.fitting)[: len(known)] == known
    assert {one.id for one in SHIPPED if enterprise.is_fitted_by(one)} <= {one.id for one in found.fitting}
    assert set(found.preselected) <= {one.id for one in found.fitting}
    assert len(found.preselected) <= 1


def test_one_that_fits_alone_is_preselected_and_two_are_not():
    assert offer(SHIPPED, MALL).preselected == ("fire-mall",)
    assert ids(offer(SHIPPED, GAS).fitting) == ["gas-restaurant", "fire-small-places"]
    assert offer(SHIPPED, GAS).preselected == ()
    assert offer(SHIPPED, MALL, last=["fire-high-rise"]).preselected == ()
    assert ids(offer(SHIPPED, MALL, last=["fire-high-rise"]).fitting) == ["fire-high-rise", "fire-mall"]


def test_the_enterprises_own_field_comes_first_among_the_rest():
    assert offer(SHIPPED, GAS).others[0][0] is Domain.GAS
    assert [domain for domain, _ in offer(SHIPPED, make.enterprise()).others] == list(Domain)


def test_a_choice_of_several_says_how_much_each_adds():
    load = load_of([BY_ID["fire-mall"], BY_ID["fire-high-rise"]])
    assert load.own[0] == len(BY_ID["fire-mall"].items)
    assert load.own[1] + load.shared[1] == len(BY_ID["fire-high-rise"].items)
    assert load.shared[0] == 0 < load.shared[1]
    assert load_of([]).own == ()


# --- On the screen ---------------------------------------------------------------------------------


def chips(ui: Harness) -> list[str]:
    prefix = "begin.checklist-"
    return [name.removeprefix(prefix) for name in ui.identifiers() if name.startswith(prefix)]


def words(ui: Harness, part: str) -> bool:
    return any(part in text for text in ui.texts())


async def at(rig: Rig, enterprise) -> Harness:
    ui = await rig.enrolled()
    rig.bench.office.enter_enterprise(enterprise)
    await ui.go(f"/start/{enterprise.id}")
    return ui


@screen_test
async def test_what_fits_the_enterprise_stands_there_without_a_tap(tmp_path):
    async with Rig(tmp_path, checklists=SHIPPED) as rig:
        ui = await at(rig, GAS)
        assert chips(ui) == ["gas-restaurant", "fire-small-places"]
        assert ui.by_identifier("begin.start").disabled
        await ui.tap("begin.checklist-gas-restaurant")
        await ui.tap("begin.start")
        [row], _ = rig.bench.lists.unfinished()
        assert row.titles == (BY_ID["gas-restaurant"].title,)


@screen_test
async def test_the_only_one_that_fits_is_chosen_already_and_can_be_put_away(tmp_path):
    async with Rig(tmp_path, checklists=SHIPPED) as rig:
        ui = await at(rig, MALL)
        assert not ui.by_identifier("begin.start").disabled
        await ui.tap("begin.checklist-fire-mall")
        assert ui.by_identifier("begin.start").disabled
        await ui.tap("begin.checklist-fire-mall")
        await ui.tap("begin.start")
        [row], _ = rig.bench.lists.unfinished()
        assert row.titles == (BY_ID["fire-mall"].title,)


@screen_test
async def test_any_checklist_can_be_chosen_from_its_field_or_by_search_and_stays_in_sight(tmp_path):
    async with Rig(tmp_path, checklists=SHIPPED) as rig:
        ui = await at(rig, MALL)
        assert "fire-high-rise" not in chips(ui)
        await ui.tap("begin.domain-fire")
        await ui.tap("begin.checklist-fire-high-rise")
        await ui.tap("begin.domain-hazmat")
        assert {"fire-high-rise", "hazmat-waste"} <= set(chips(ui))
        await ui.tap("begin.domain-hazmat")
        assert chips(ui) == ["fire-mall", "fire-high-rise"]
        await ui.type("begin.search", "dxkj")
        assert chips(ui) == ["fire-underground"]
        await ui.tap("begin.checklist-fire-underground")
        await ui.type("begin.search", "没有这样的")
        assert chips(ui) == [] and words(ui, "没有这样的检查表")
        await ui.type("begin.search", "")
        assert chips(ui) == ["fire-mall", "fire-high-rise", "fire-underground"]
        load = load_of([BY_ID[id] for id in ("fire-mall", "fire-high-rise", "fire-underground")])
        assert words(ui, f"最多 {sum(load.own)} 项")
        assert words(ui, f"另有 {load.shared[2]} 项前面已有")
        await ui.tap("begin.start")
        [row], _ = rig.bench.lists.unfinished()
        begun = rig.bench.inspections.open(row.id)
        assert [ref.id for ref in begun.checklists] == ["fire-mall", "fire-high-rise", "fire-underground"]
        assert [len(ref.shared) for ref in begun.checklists] == list(load.shared)


@screen_test
async def test_an_enterprise_without_a_kind_is_asked_once_what_it_is(tmp_path):
    async with Rig(tmp_path, checklists=SHIPPED) as rig:
        ui = await at(rig, replace(GAS, kinds=()))
        assert chips(ui) == []
        assert words(ui, "这是什么单位？")
        await ui.tap("begin.kind-gas-restaurant")
        assert chips(ui) == ["gas-restaurant", "fire-small-places"]
        assert rig.bench.office.enterprise(GAS.id).kinds == (EnterpriseKind.GAS_RESTAURANT,)
        assert words(ui, "单位类型：餐饮用气")
        await ui.tap("begin.kind-change")
        await ui.tap("begin.field-fire")
        await ui.tap("begin.kind-fire-high-rise")
        await ui.tap("begin.kind-done")
        assert words(ui, "单位类型：餐饮用气、高层建筑")
        assert "fire-high-rise" in chips(ui)
        assert rig.bench.office.enterprise(GAS.id).domain is Domain.GAS


@screen_test
async def test_where_not_even_the_field_is_known_the_answer_settles_both(tmp_path):
    async with Rig(tmp_path, checklists=SHIPPED) as rig:
        ui = await at(rig, make.enterprise())
        assert not ui.has("begin.kind-fire-mall")
        await ui.tap("begin.field-fire")
        await ui.tap("begin.kind-fire-mall")
        one = rig.bench.office.enterprise("sample-1")
        assert (one.domain, one.kinds) == (Domain.FIRE, (EnterpriseKind.FIRE_MALL,))
        assert not ui.by_identifier("begin.start").disabled


@screen_test
async def test_what_was_chosen_last_comes_first_the_next_time_and_elsewhere_as_lately_used(tmp_path):
    async with Rig(tmp_path, checklists=SHIPPED) as rig:
        ui = await at(rig, MALL)
        await ui.tap("begin.domain-gas")
        await ui.tap("begin.checklist-gas-network")
        await ui.tap("begin.checklist-fire-mall")
        await ui.tap("begin.start")
        await ui.go("/")
        await ui.go(f"/start/{MALL.id}")
        assert chips(ui)[:2] == ["gas-network", "fire-mall"]
        assert words(ui, "上次用的排在前面")
        rig.bench.office.enter_enterprise(GAS)
        await ui.go(f"/start/{GAS.id}")
        assert chips(ui) == ["gas-restaurant", "fire-small-places", "gas-network"]
        assert words(ui, "最近用过")


@screen_test
async def test_a_kind_is_chosen_while_an_enterprise_is_added(tmp_path):
    async with Rig(tmp_path, checklists=SHIPPED) as rig:
        ui = await rig.enrolled("/start/new")
        await ui.type("new-enterprise.name", "样例商行（样例）")
        assert not ui.has("new-enterprise.kind-fire-mall")
        await ui.tap("new-enterprise.domain-fire")
        await ui.tap("new-enterprise.kind-fire-mall")
        await ui.tap("new-enterprise.kind-fire-underground")
        await ui.tap("new-enterprise.save")
        [one] = rig.bench.office.enterprises()
        assert one.kinds == (EnterpriseKind.FIRE_MALL, EnterpriseKind.FIRE_UNDERGROUND)
        assert chips(ui) == ["fire-mall", "fire-underground"]


@pytest.mark.parametrize("sent", [(), (EnterpriseKind.FIRE_ESTATE,)])
@screen_test
async def test_a_kind_said_on_the_spot_stays_until_the_office_says_one(tmp_path, sent):
    async with Rig(tmp_path, checklists=SHIPPED) as rig:
        ui = await at(rig, replace(MALL, kinds=()))
        await ui.tap("begin.kind-fire-mall")
        rig.bench.office.apply(None, EnterpriseList(enterprises=(replace(MALL, kinds=sent),)))
        expected = sent or (EnterpriseKind.FIRE_MALL,)
        assert rig.bench.office.enterprise(MALL.id).kinds == expected
