"""The office's own templates and fonts at the console, and their whole way to a printed document."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from inspector import settings
from inspector.__main__ import main
from inspector.console.office_copies import OfficeCopies
from inspector.console.own_forms import OwnForms
from inspector.demo.samples import VISITS
from inspector.demo.tablet_worker import TabletWorker
from inspector.domain.checklist import ChecklistId
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import china_date
from inspector.errors import (
    FormsRefusedError,
    GlyphMissingError,
    NoticeTemplateError,
    NotPermittedError,
    PrintForbiddenError,
    SealOnceError,
)
from inspector.notices.attachments import attachments_of
from inspector.notices.press import TEMPLATE_FILE
from inspector.tablet.assembly import Place, assemble
from inspector.trust.vault import Cost
from inspector.work.own_forms import SET_CAP
from tests.console.desk_rig import TREE, DeskRig, printing
from tests.console.issued_notices import hand_over
from tests.tablet.test_own_forms import ADVICE, GAS_FORM
from tests.tablet.walking import pick
from tests.ui_harness import screen_test

GAS = IssuerProfile(
    kind=IssuerKind.GAS,
    name="样例燃气管理局（样例）",
    region="样",
    review_body="样例区人民政府（样例）",
    court="样例人民法院（样例）",
)
STREET = IssuerProfile(kind=IssuerKind.NON_ENFORCEMENT, name="样例街道办事处（样例）", region="样")
FORM, TITLE = "gas-kitchen-notice", "餐饮用气责令限期改正通知书"
INSTEAD = GAS_FORM.replace("copies =", "instead = true\ncopies =")
CHECKLIST = ChecklistId("gas-restaurant")
PLANNED = next(visit for visit in VISITS if visit.checklist == CHECKLIST)
FONT = (TREE / "assets" / "fonts" / "NotoSansSC-Regular.ttf").read_bytes()


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path, issuer=GAS) as found:
        yield found


@pytest.fixture
def forms(rig):
    return OwnForms(rig.desk, printing(rig.folder)["press"])


@pytest.fixture
def street(tmp_path):
    with DeskRig(tmp_path, issuer=STREET) as found:
        yield found, OwnForms(found.desk, printing(found.folder)["press"])


def acts(rig):
    return [line.act for line in rig.desk.audit.lines()]


# --- Publishing and taking back ---


def test_a_template_is_published_replaced_and_taken_back_each_time_as_the_next_version(rig, forms):
    assert forms.newest() is None
    assert forms.publish(rig.admin, GAS_FORM).version == 1
    assert [one.document.title for one in forms.documents()] == [TITLE]
    other = GAS_FORM.replace(FORM, "gas-shop-notice")
    forms.publish(rig.admin, other)
    changed = GAS_FORM.replace("请关闭燃气阀门", "请立即关闭燃气阀门")
    forms.publish(rig.admin, changed)
    assert [one.name for one in forms.newest().files] == ["gas-shop-notice.toml", f"{FORM}.toml"]
    forms.remove(rig.admin, f"{FORM}.toml")
    assert (forms.newest().version, [one.document.id for one in forms.documents()]) == (
        4,
        ["gas-shop-notice"],
    )
    assert acts(rig)[:4] == ["remove-form", "publish-form", "publish-form", "publish-form"]


def test_what_cannot_be_published_changes_nothing(rig, forms):
    forms.publish(rig.admin, GAS_FORM)
    two = GAS_FORM.replace(f"[{FORM}]", "[first]") + GAS_FORM.split("\n\n", 1)[1]
    refused = [
        (GAS_FORM, FormsRefusedError),
        (GAS_FORM.replace("60日", "90日"), NoticeTemplateError),
        (two, NoticeTemplateError),
        (GAS_FORM.replace('"gas"', '"fire-rescue"'), NoticeTemplateError),
        (GAS_FORM.replace("请关闭", "请\U0003134a关闭"), GlyphMissingError),
        (GAS_FORM.replace(FORM, "large") + "#" * SET_CAP, FormsRefusedError),
    ]
    for text, error in refused:
        with pytest.raises(error):
            forms.publish(rig.admin, text)
    with pytest.raises(FormsRefusedError):
        forms.remove(rig.admin, "another.toml")
    assert forms.newest().version == 1
    assert acts(rig).count("publish-form") == 1


@screen_test
async def test_a_document_is_called_everywhere_as_it_was_printed(rig, forms):
    forms.publish(rig.admin, GAS_FORM)
    (own,) = forms.documents()
    tablet = rig.enrolled()
    of_gas = {"issuer": IssuerKind.GAS, "kind": NoticeKind.RECTIFY_NOTICE}
    ours = hand_over(rig, tablet, 1, form=own.form, **of_gas)
    shipped = hand_over(rig, tablet, 2, **of_gas)
    rig.desk.run()
    forms.publish(rig.admin, GAS_FORM.replace(TITLE, "改名后的责令限期改正通知书"))
    OfficeCopies(rig.desk).fail(ours.entry, SealOnceError())
    ui = await rig.window("/notices", width=1440, height=900)
    assert [text for text in ui.texts() if text.endswith("责令限期改正通知书")] == [
        NoticeKind.RECTIFY_NOTICE.word,
        TITLE,
    ]
    for entry, title in ((ours, TITLE), (shipped, NoticeKind.RECTIFY_NOTICE.word)):
        await ui.go(f"/notices/{entry.entry}")
        assert f"{title}　{entry.notice.number}" in ui.texts()
    await ui.go("/copies")
    assert f"{TITLE} {ours.notice.number}" in ui.texts()


def test_every_fault_of_a_text_is_told_at_once(forms):
    faulty = GAS_FORM.replace("60日", "90日").replace("{phone}", "{fone}").replace("〔{year}〕", "[{year}]")
    with pytest.raises(NoticeTemplateError) as caught:
        forms.look(faulty)
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 3
    assert any(
        "是否想写 phone" in line and "“餐饮用气责令限期改正通知书”的表后的句子（after）第 4 句" in line
        for line in told
    ), told
    both = GAS_FORM.replace('"gas"', '"fire-rescue"')
    with pytest.raises(NoticeTemplateError, match="写的是消防救援机构，本机关是燃气管理部门"):
        forms.look(both)


def test_the_document_that_the_console_itself_prints_is_published_like_the_others(rig, forms):
    shipped = (TREE / "assets" / "notices" / "gas.toml").read_text(encoding="utf-8")
    table = re.search(r"\[extension\]\n(.*?\n\n)", shipped, re.DOTALL)[1]
    text = f'format = 1\nissuer = "gas"\nseal = true\n\n[our-extension]\nkind = "extension"\n{table}'
    with pytest.raises(NoticeTemplateError, match="没有用到"):
        forms.publish(rig.admin, text.replace("{refused}", "其余项目"))
    assert forms.publish(rig.admin, text).version == 1
    (own,) = forms.documents()
    assert forms.specimen(own).startswith(b"%PDF-")


def test_only_an_administrator_changes_templates(rig, forms):
    forms.publish(rig.admin, GAS_FORM)
    for login in ("supervisor", "viewer"):
        with pytest.raises(NotPermittedError):
            forms.publish(rig.log_in(login), INSTEAD)
        with pytest.raises(NotPermittedError):
            forms.remove(rig.log_in(login), f"{FORM}.toml")
    assert forms.newest().version == 1


def test_nobody_publishes_before_it_is_known_who_issues(tmp_path):
    with DeskRig(tmp_path, issuer=None) as rig, pytest.raises(FormsRefusedError):
        OwnForms(rig.desk, printing(rig.folder)["press"]).publish(rig.admin, GAS_FORM)


def test_a_non_enforcement_office_publishes_no_word_of_enforcement(street):
    rig, forms = street
    for evil in (
        ADVICE.replace("请尽快处理。", "责令你处限期改正。"),
        ADVICE.replace("街道隐患告知单", "街道整改指令书"),
        ADVICE.replace("seal = false", "seal = true"),
        GAS_FORM,
    ):
        with pytest.raises((NoticeTemplateError, PrintForbiddenError)):
            forms.publish(rig.admin, evil)
    assert forms.newest() is None
    assert forms.publish(rig.admin, ADVICE).version == 1


# --- Numbers ---


def test_an_own_document_has_a_series_that_is_granted_by_need_like_the_others(rig, forms):
    tablet = rig.enrolled()
    forms.publish(rig.admin, GAS_FORM)
    assert rig.devices.numbers.top_up() == 1
    row = next(one for one in rig.devices.all()[0].numbers if one.document.id == FORM)
    assert (row.left, row.document.word) == (20, TITLE)
    rig.devices.numbers.hand_out(rig.admin, tablet.id, FORM, 5)
    reports = {one.series.document: one for one in rig.devices.numbers.report()}
    assert (reports[FORM].title, reports[FORM].next) == (TITLE, 26)
    assert reports["rectify-notice"].next == 21, "the shipped document's numbers are others"
    forms.remove(rig.admin, f"{FORM}.toml")
    assert FORM not in {one.document.id for one in rig.devices.all()[0].numbers}
    reports = {one.series.document: one for one in rig.devices.numbers.report()}
    assert reports[FORM].title == TITLE, "its numbers are told under its name all the same"


def test_a_document_that_is_replaced_gets_no_further_numbers(rig, forms):
    forms.publish(rig.admin, INSTEAD)
    documents = {one.id for one in rig.devices.numbers.documents()}
    assert FORM in documents and "rectify-notice" not in documents


def test_a_console_put_back_from_a_backup_counts_on_from_what_its_tablets_have(rig, forms):
    rig.enrolled()
    rig.desk.run()
    forms.publish(rig.admin, GAS_FORM)
    forms.publish(rig.admin, INSTEAD)
    rig.desk.run()
    with rig.desk.database.at_once():  # as the backup from before has it
        rig.desk.database.do("DELETE FROM own_forms")
        rig.desk.database.do("DELETE FROM feed WHERE kind = 'forms'")
    rig.desk.catch_up()
    assert forms.newest().version == 2
    assert forms.publish(rig.admin, GAS_FORM).version == 3


# --- The screen ---


@screen_test
async def test_faults_are_shown_then_the_sample_then_it_goes_out_and_can_be_removed(rig, forms):
    ui = await rig.window("/office", width=1440, height=900)
    await ui.tap("console.office.part-forms")
    assert any("还没有本单位的模板" in text for text in ui.texts())
    await ui.type("console.office.form-text", GAS_FORM.replace("60日", "90日"))
    await ui.tap("console.office.form-look")
    assert any("复议诉讼告知缺少 60日" in text for text in ui.texts())
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap("console.office.form-publish")
    await pick(ui, ("样例.toml", b"\xef\xbb\xbf" + GAS_FORM.encode()), by="console.office.form-file")
    await ui.tap("console.office.form-look")
    assert ui.has("console.office.form-found")
    year = china_date(rig.clock.ms).year
    assert any(f"文号如样燃改字〔{year}〕第0001号；" in text for text in ui.texts())
    await ui.tap(f"console.office.form-preview-{FORM}")
    given = next(given for name, given in ui.calls if name == "save_file")
    assert bytes(given["src_bytes"]).startswith(b"%PDF-")
    await ui.tap("console.office.form-publish")
    assert forms.newest() is None, "it is asked first"
    assert any(f"“{TITLE}”与自带的“责令限期改正通知书”并列，检查人员选用" in text for text in ui.texts())
    await ui.tap("console.office.form-publish-ask-no")
    assert forms.newest() is None
    await ui.tap("console.office.form-publish")
    await ui.tap("console.office.form-publish-ask-yes")
    assert forms.newest().version == 1
    assert TITLE in ui.texts()
    assert any(f"文号如样燃改字〔{year}〕第0001号；" in text for text in ui.texts())
    await ui.tap(f"console.office.form-sample-{FORM}")
    await ui.tap(f"console.office.drop-form-{FORM}")
    assert forms.newest().version == 1
    assert f"移除“{TITLE}”？" in ui.texts()
    await ui.tap(f"console.office.drop-form-{FORM}-ask-yes")
    assert (forms.newest().version, forms.documents()) == (2, ())
    assert ui.errors() == []


@screen_test
async def test_the_question_says_what_the_tablets_will_use(rig, forms):
    forms.publish(rig.admin, GAS_FORM)
    shipped = (TREE / "assets" / "notices" / "gas.toml").read_text(encoding="utf-8")
    table = re.search(r"\[extension\]\n(.*?\n\n)", shipped, re.DOTALL)[1]
    extension = f'format = 1\nissuer = "gas"\nseal = true\n\n[our-extension]\nkind = "extension"\n{table}'
    ui = await rig.window("/office")
    await ui.tap("console.office.part-forms")
    for text, told in (
        (INSTEAD, f"平板用“{TITLE}”代替自带的“责令限期改正通知书”；已发布的“{TITLE}”由它代替"),
        (extension, "不在平板上出具，审核台用它代替自带的“延期整改审批表”。"),
    ):
        await ui.type("console.office.form-text", text)
        await ui.tap("console.office.form-look")
        kind = "延期整改审批表" if text is extension else "责令限期改正通知书"
        assert any(f"；代替自带的{kind}；" in said for said in ui.texts()), (
            "the file's own line says the same"
        )
        await ui.tap("console.office.form-publish")
        assert any(told in said for said in ui.texts()), told
        await ui.tap("console.office.form-publish-ask-no")
    assert forms.newest().version == 1
    assert ui.errors() == []


@screen_test
async def test_a_fault_names_documents_in_chinese_with_what_is_typed_in_brackets(rig):
    ui = await rig.window("/office")
    await ui.tap("console.office.part-forms")
    faulty = GAS_FORM.replace('kind = "rectify-notice"', 'kind = "rectify-order"').replace(
        "gas-kitchen", "rectify"
    )
    await ui.type("console.office.form-text", faulty)
    await ui.tap("console.office.form-look")
    said = [text for text in ui.texts() if text.startswith("粘贴的模板，")]
    assert any(f"“{TITLE}”的文书种类（kind）：不对" in text for text in said), said
    assert any("责令限期改正通知书（rectify-notice）、" in text for text in said)
    plain = re.sub(r"（[^）]*）|\[[^]]*\]|是否想写 [a-z-]+", "", "".join(said))
    assert re.findall("[A-Za-z]+", plain) == [], "what need not be typed is in Chinese"


@screen_test
async def test_who_may_not_change_templates_sees_them_only(rig, forms):
    forms.publish(rig.admin, GAS_FORM)
    ui = await rig.window("/office", rig.log_in("viewer"))
    await ui.tap("console.office.part-forms")
    assert TITLE in ui.texts()
    assert ui.has(f"console.office.form-sample-{FORM}")
    for name in ("form-text", f"drop-form-{FORM}"):
        assert not ui.has(f"console.office.{name}")
    assert not ui.has("fonts.body.pick")


@screen_test
async def test_a_file_that_is_no_text_is_named(rig):
    ui = await rig.window("/office")
    await ui.tap("console.office.part-forms")
    await pick(ui, ("样例.toml", "模板".encode("gb18030")), by="console.office.form-file")
    assert any("“样例.toml”不是 UTF-8 编码的文本文件" in text for text in ui.texts())


# --- Fonts ---


@screen_test
async def test_samples_are_printed_with_the_offices_own_fonts_from_its_folder(rig, forms):
    forms.publish(rig.admin, GAS_FORM)
    (own,) = forms.documents()
    ui = await rig.window("/office")
    hall = rig.session.hall
    assert "NotoSansSC-Regular" not in fonts_of(hall.forms.specimen(own))
    await ui.tap("console.office.part-forms")
    await pick(ui, ("样例.ttf", b"OTTO" + bytes(100)), by="fonts.body.pick")
    assert any(text.startswith("这个字体不能用于文书：") for text in ui.texts())
    await pick(ui, ("样例仿宋.ttf", FONT), by="fonts.body.pick")
    assert [path.name[:5] for path in (rig.folder / "console" / "fonts").iterdir()] == ["body-"]
    assert "NotoSansSC-Regular" in fonts_of(hall.forms.specimen(own))
    await ui.tap("fonts.body.drop")
    await ui.tap("fonts.body.drop-ask-yes")
    assert "NotoSansSC-Regular" not in fonts_of(hall.forms.specimen(own))
    assert acts(rig)[:2] == ["drop-font", "set-font"]


def fonts_of(pdf: bytes) -> str:
    done = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


# --- The whole way ---


@pytest.fixture
def tablet(rig, tmp_path):
    (tmp_path / "keys").mkdir()
    place = Place(app=settings.APP_FOLDER, store=tmp_path / "store", keys=tmp_path / "keys")
    clock = rig.clock.now
    tablet = assemble(place, clock=clock, uptime=clock, version="0.1.0", cost=Cost(log_n=14))
    tablet.open()
    yield tablet
    tablet.gate.close()


def exchanged(worker):
    report = worker.exchange()
    assert (report["alarms"], report["stopped"]) == ([], None)


@screen_test
async def test_what_the_console_publishes_is_what_the_tablet_prints_and_verify_prints_again(
    rig, tablet, tmp_path, capsys
):
    worker = TabletWorker(tablet.gate, knock=tablet.knock, clock=rig.clock.now)
    worker.set_up()
    invited = rig.devices.invite(rig.admin)
    worker.apply(invited.invitation.text)
    applied = rig.devices.look(invited)
    rig.devices.confirm(rig.admin, applied, [one.id for one in applied.request.inspectors])
    worker.finish()
    rig.desk.run()
    exchanged(worker)

    ui = await rig.window("/office")
    await ui.tap("console.office.part-forms")
    await ui.type("console.office.form-text", INSTEAD)
    await ui.tap("console.office.form-look")
    await ui.tap("console.office.form-publish")
    await ui.tap("console.office.form-publish-ask-yes")
    assert rig.devices.numbers.top_up() == 1
    rig.desk.run()
    exchanged(worker)

    bench = tablet.gate.workbench
    members = [member.id for member in bench.crew.members()]
    inspection = worker._walk(bench.inspections.begin(PLANNED.enterprise, [CHECKLIST], members))
    told = worker._close(inspection, PLANNED, tmp_path)
    (paper,) = [one for one in told["notices"] if one["kind"] == FORM]
    assert paper["number"] == f"样燃改字〔{china_date(rig.clock.now()).year}〕第0001号"
    assert "rectify-notice" not in [one["kind"] for one in told["notices"]]
    pdf = (tmp_path / paper["pdf"]).read_bytes()
    assert attachments_of(pdf)[TEMPLATE_FILE] == INSTEAD.encode()

    root = rig.desk.statement.fingerprint
    capsys.readouterr()
    assert main(["verify", str(tmp_path / paper["pdf"]), "--root", root, "--json"]) == 0
    found = capsys.readouterr().out
    assert json.loads(found)["verdict"] == "genuine"
    assert "按正文重新排印，逐字节一致" in found

    exchanged(worker)
    rig.desk.run()
    (report,) = [one for one in rig.devices.numbers.report() if one.series.document == FORM]
    assert [use.number for use in report.numbers[0].uses] == [paper["number"]]
    assert rig.desk.alarms() == ()
    assert ui.errors() == []
