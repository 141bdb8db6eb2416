"""The office on the screen: who issues, its enterprises, its keys, the evidence bundle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.console.enterprise_table import HEADER, read_table
from inspector.domain.checklist import Domain
from inspector.domain.enterprise import Enterprise
from inspector.domain.issuer import IssuerKind
from inspector.domain.kinds import EnterpriseKind
from inspector.errors import AppealMissingError, EnterprisesRefusedError
from inspector.work.bundle import read_bundle
from inspector.work.verify import Trust, Verdict, verify_bundle
from tests import make
from tests.console.desk_rig import FIRE, DeskRig
from tests.ui_harness import screen_test


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


def read(text: str, known: tuple[Enterprise, ...] = ()):
    ids = iter(range(10_000))
    return read_table(text, known, new_id=lambda: f"new-{next(ids)}")


# --- Who issues ---


@pytest.mark.parametrize("missing", ["review-body", "court"])
@pytest.mark.parametrize("kind", [kind for kind in IssuerKind if kind.names_appeal])
@screen_test
async def test_an_office_without_body_or_court_is_refused_and_nothing_changes(rig, kind, missing):
    ui = await rig.window("/office")
    await ui.tap(f"console.office.kind-{kind.value}")
    assert any("填好之前，平板和审核台不打印任何文书" in text for text in ui.texts())
    await ui.type(f"console.office.issuer-{missing}", "")
    await ui.tap("console.office.save-issuer")
    assert AppealMissingError(issuer=kind.word).message in ui.texts()
    assert rig.desk.issuer() == FIRE


@screen_test
async def test_a_complete_issuer_is_kept_and_told_to_every_tablet(rig):
    tablet = rig.enrolled()
    rig.desk.run()
    ui = await rig.window("/office")
    await ui.tap("console.office.kind-non-enforcement")
    assert not ui.has("console.office.issuer-court")
    await ui.type("console.office.issuer-name", "样例物业（样例）")
    await ui.tap("console.office.save-issuer")
    kept = rig.desk.issuer()
    assert (kept.kind, kept.name, kept.court) == (IssuerKind.NON_ENFORCEMENT, "样例物业（样例）", "")
    kinds = rig.desk.database.rows("SELECT kind FROM feed WHERE device = ? ORDER BY n", tablet.id)
    assert [row["kind"] for row in kinds].count("issuer") == 2
    assert ui.errors() == []


@screen_test
async def test_a_supervisor_reads_and_cannot_change(rig):
    ui = await rig.window("/office", rig.log_in("supervisor"))
    assert not ui.has("console.office.save-issuer")
    with pytest.raises(AssertionError, match="takes no text"):
        await ui.type("console.office.issuer-name", "x")


# --- Enterprises ---


@screen_test
async def test_enterprises_are_added_changed_and_removed(rig):
    ui = await rig.window("/office")
    await ui.tap("console.office.part-enterprises")
    await ui.tap("console.office.add")
    await ui.type("console.office.one-name", "样例商场（样例）")
    await ui.type("console.office.one-credit-code", "123")
    assert any("应为 18 位" in text for text in ui.texts())
    await ui.tap("console.office.domain-fire")
    assert not ui.has("console.office.one-kind-gas-restaurant")
    await ui.tap("console.office.one-kind-fire-mall")
    await ui.tap("console.office.one-kind-fire-high-rise")
    await ui.tap("console.office.one-kind-fire-mall")
    await ui.tap("console.office.keep")
    (one,) = rig.desk.enterprises()
    assert one.kinds == (EnterpriseKind.FIRE_HIGH_RISE,)
    assert (one.name, one.credit_code, one.domain, one.from_office) == (
        "样例商场（样例）",
        "123",
        Domain.FIRE,
        True,
    )
    await ui.tap(f"console.office.edit-{one.id}")
    await ui.type("console.office.one-address", "样例路 1 号")
    await ui.tap("console.office.keep")
    assert rig.desk.enterprises()[0].address == "样例路 1 号"
    await ui.tap(f"console.office.edit-{one.id}")
    await ui.tap("console.office.remove")
    assert "从名录删除“样例商场（样例）”？" in ui.texts()
    await ui.tap("console.office.remove-ask-yes")
    assert rig.desk.enterprises() == ()
    assert ui.errors() == []


@screen_test
async def test_a_pasted_table_is_taken_whole_or_not_at_all(rig):
    rig.desk.set_enterprises(rig.admin, (make.enterprise(name="样例甲（样例）"),))
    ui = await rig.window("/office")
    await ui.tap("console.office.part-enterprises")
    await ui.tap("console.office.paste")
    await ui.type("console.office.table", "单位名称,领域\n样例乙,不知道\n,城市燃气")
    await ui.tap("console.office.read")
    assert "有 2 处要改，改好再粘贴一次；名录没有变。" in ui.texts()
    assert not ui.has("console.office.take")
    await ui.type("console.office.table", "单位名称\t地址\n样例乙\t样例路\n样例甲（样例）\t样例街")
    await ui.tap("console.office.read")
    assert "新增 1 家，更新 1 家，之后共 2 家。" in ui.texts()
    assert len(rig.desk.enterprises()) == 1
    await ui.tap("console.office.take")
    assert {one.name: one.address for one in rig.desk.enterprises()} == {
        "样例甲（样例）": "样例街",
        "样例乙": "样例路",
    }
    assert make.enterprise().id in {one.id for one in rig.desk.enterprises()}


def test_all_faults_of_a_table_come_at_once_and_the_list_stays():
    known = (make.enterprise(),)
    sheet = read(
        f"{HEADER}\n,,,,,,,\n样例甲,,,,,,不知道,\n样例乙,,\n,x,,,,,,\n样例丙\u200b,,,,,,,\n样例甲,,,,,,,"
        "\n样例丁,,,,,,,餐饮用气；茶馆",
        known,
    )
    assert [one.line for one in sheet.faults] == [3, 4, 5, 6, 7, 8]
    assert sheet.enterprises == known


def test_kinds_are_read_and_what_has_no_column_stays():
    [one] = read(
        "单位名称,领域,单位类型\n样例甲,城市燃气,餐饮用气；小场所（九小）| fire-small-place"
    ).enterprises
    assert one.kinds == (EnterpriseKind.GAS_RESTAURANT, EnterpriseKind.FIRE_SMALL_PLACE)
    [moved] = read("单位名称,地址\n样例甲,样例街", (one,)).enterprises
    assert (moved.address, moved.domain, moved.kinds) == ("样例街", one.domain, one.kinds)
    [emptied] = read("单位名称,单位类型\n样例甲,", (moved,)).enterprises
    assert (emptied.kinds, emptied.address) == ((), "样例街")


def test_a_doubtful_credit_code_warns_and_stops_nothing():
    sheet = read("单位名称,统一社会信用代码\n样例甲,123\n样例乙,91350100M000100Y43")
    assert [one.line for one in sheet.warnings] == [2]
    assert (sheet.added, len(sheet.enterprises)) == (2, 2)


@pytest.mark.parametrize(
    "text",
    ["", "没有列名\n样例", "单位名称,单位名称\na,b", '单位名称\n"没有结束', "单位名称", "地址\n样例路"],
)
def test_what_is_no_table_is_said_so(text):
    assert read(text).faults


@given(st.text(max_size=300))
def test_any_text_is_read_without_breaking(text):
    sheet = read(text)
    assert sheet.faults or sheet.enterprises


def test_a_list_that_no_message_can_carry_is_refused_before_it_blocks_a_tablet(rig):
    tablet = rig.enrolled()
    many = tuple(make.enterprise(id=f"{n}", name="样例单位" * 40) for n in range(1_500))
    with pytest.raises(EnterprisesRefusedError):
        rig.administration.set_enterprises(rig.admin, many)
    assert rig.desk.enterprises() == ()
    rig.administration.set_enterprises(rig.admin, many[:600])
    rig.desk.run()
    rig.desk.run()
    waiting = rig.desk.database.rows("SELECT n FROM feed WHERE device = ? AND posted = 0", tablet.id)
    assert waiting == []


# --- Keys and log ---


@screen_test
async def test_the_root_is_shown_in_groups_and_the_bundle_proves_the_log(rig):
    tablet = rig.enrolled()
    _, entry = tablet.office.sealed()
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    ui = await rig.window("/office")
    await ui.tap("console.office.part-keys")
    root = rig.desk.statement.fingerprint
    assert " ".join(root[n : n + 4] for n in range(0, 64, 4)) in ui.texts()
    assert {one.recipient for one in rig.desk.statement.recipients} <= set(ui.texts())
    assert rig.desk.url in ui.texts()
    await ui.tap("console.office.export")
    ((_, saved),) = [call for call in ui.calls if call[0] == "save_file"]
    bundle = read_bundle(saved["src_bytes"])
    assert verify_bundle(bundle, Trust(roots=(root,))).verdict is Verdict.GENUINE
    assert entry.envelope in bundle.leaves
    assert rig.desk.audit.lines()[0].act == "export-evidence"


@screen_test
async def test_before_the_first_pass_there_is_no_evidence_to_export(rig):
    ui = await rig.window("/office")
    await ui.tap("console.office.part-keys")
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap("console.office.export")
