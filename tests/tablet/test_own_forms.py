"""The office's own templates on the tablet: what is taken and refused, and what it may then issue."""

import json
import re
import subprocess
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.domain.answer import Verdict
from inspector.domain.delivery import NO_PREVIOUS
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.notice_parts import Contact
from inspector.domain.numbering import Series
from inspector.domain.profile import IssuerProfile
from inspector.errors import (
    FormsConflictError,
    FormsForgedError,
    FormsOlderError,
    FormsUnfitError,
    IllegalMoveError,
    NoticeIssuedError,
    PrintForbiddenError,
)
from inspector.notices.late_press import LatePress
from inspector.notices.press import PdfPress
from inspector.settings import APP_FOLDER
from inspector.store.fonts import FontShelf
from inspector.tablet import routes
from inspector.tablet.filling import TransferForm
from inspector.tablet.writing import Matter
from inspector.trust import dsse
from inspector.trust.certificates import Certificate, Details, HolderKind, issue_certificate
from inspector.trust.strict_json import canonical
from inspector.work.asked_for import Document
from inspector.work.feed import NumberBlock
from inspector.work.own_forms import FORMS_TYPE, SET_CAP, FormFile, FormSet, sign_forms, verify_forms
from tests import make
from tests.simulator import DAY_MS, NOW_MS, TENANT, Cast, key
from tests.tablet.walking import Walking
from tests.ui_harness import screen_test

MANUAL = (Path(__file__).parents[2] / "docs" / "notice-templates.md").read_text(encoding="utf-8")
GAS_FORM = re.search(r"```toml\n(.*?)```", MANUAL, re.DOTALL)[1]
ACCOUNT = "0198c0de-0000-7000-8000-0000000000aa"
FIRE_FORM = (
    GAS_FORM.replace('issuer = "gas"', 'issuer = "fire-rescue"')
    .replace("gas-kitchen-notice", "small-place-notice")
    .replace("餐饮用气责令限期改正通知书", "小场所责令限期改正通知书（样例）")
    .replace("燃改字", "小改字")
    .replace("燃气阀门", "电源")
)
FORM = "small-place-notice"
FIRE = IssuerProfile(
    kind=IssuerKind.FIRE_RESCUE,
    name="样例消防救援大队（样例）",
    region="样",
    review_body="样例消防救援支队（样例）",
    court="样例人民法院（样例）",
)
ADVICE = """
format = 1
issuer = "non-enforcement"
seal = false

[street-advice]
kind = "hazard-advice"
title = "街道隐患告知单（样例）"
number = "{region}告字〔{year}〕{serial}号"
salutation = "{enterprise}："
before = ["{period}，{inspectors}到你处走访，看到下列{count}项隐患。"]
after = ["请尽快处理。联系人：{contact}。"]
"""


class Account:
    """Somebody who signs sets."""

    def __init__(self, cast, kind=HolderKind.ACCOUNT, signer="account"):
        self.key = key(signer)
        certificate = Certificate(
            tenant=cast.statement.tenant,
            kind=kind,
            id=ACCOUNT,
            key=self.key.public,
            recipient=cast.certificate.recipient if kind is HolderKind.DEVICE else None,
            details_sha256=Details(salt=bytes(16), name="样例").sha256,
            issued_ms=NOW_MS - DAY_MS,
        )
        self.certificate = issue_certificate(certificate, cast.issuing)

    def set(self, *texts, version=1, **changes):
        """A set of files with these texts."""
        files = tuple(FormFile(name=f"{n}.toml", text=text) for n, text in enumerate(texts, 1))
        forms = FormSet(
            tenant=TENANT, version=version, files=files, account=ACCOUNT, by="样例管理员", at_ms=NOW_MS
        )
        return sign_forms(replace(forms, **changes), key=self.key, certificate=self.certificate)


def holding(test):
    """A test with an enrolled tablet of a fire brigade, and an account of its office."""

    @screen_test
    async def run(tmp_path):
        async with Walking(tmp_path) as rig:
            ui = await rig.enrolled()
            await rig.tablet.background.stop()
            rig.bench.memory.put_fact("issuer", FIRE.to_record())
            await test(rig, Account(rig.cast))
            await ui.settle()

    return run


def send(rig, *sets):
    """As messages of the feed, from where it stands."""
    for signed in sets:
        chain = rig.office.messages
        prev = sha256(chain[-1]).hexdigest() if chain else NO_PREVIOUS
        chain.append(rig.cast.message(signed, n=len(chain) + 1, prev=prev))
    return rig.bench.office.exchange(lambda _progress: None, lambda: False)


def titles(rig):
    forms = rig.bench.paper.forms
    return [own.document.title for own in forms.of(rig.bench.paper.profile().kind)]


def alarms(rig):
    return {alarm.code for alarm in rig.bench.office.alarms()}


def sealed(rig):
    """One with something to be put right at once, and something within days."""
    inspection = rig.answered(rig.draft(), exit_unlocked=Verdict.FAIL)
    return rig.sealed(rig.bench.inspections.enter_value(inspection, make.key(make.WIDTH), "0.60"))


def ids(rig, inspection):
    return [one.id for one in rig.bench.paper.documents(inspection)]


def own(rig, inspection, id=FORM):
    return next(one for one in rig.bench.paper.documents(inspection) if one.id == id)


def issue(rig, inspection, document):
    return rig.bench.paper.issue(inspection, document.kind, document.own)


def grant(rig, document, count, template="（{region}）小改字〔{year}〕第{serial:04}号"):
    block = NumberBlock(
        id=f"block {document}",
        series=Series(issuer=rig.bench.paper.profile().kind, document=document, year=2026),
        template=template,
        first=1,
        last=count,
    )
    rig.bench.paper.numbers.take_in(block)


HANDED_ON = """
format = 1
issuer = "fire-rescue"
seal = true

[our-transfer]
kind = "transfer"
title = "消防线索移送函（样例）"
number = "{region}移字〔{year}〕第{serial:04}号"
officer = "承办人"
receiver = ""
salutation = "{receiver}："
before = ["检查{enterprise}时发现：", "{facts}", "依据{basis}，把“{subject}”移送你单位。"]
after = ["材料：{attachments}。", "本文书替代{replaces}。", "替代原因：{replaces_reason}"]
"""


@holding
async def test_a_document_that_is_filled_in_is_printed_with_the_offices_own_template(rig, account):
    send(rig, account.set(HANDED_ON))
    inspection, matter = sealed(rig), Matter(kind=NoticeKind.TRANSFER)
    filled = TransferForm(
        receiver="样例市场监督管理局", subject="样例事项", facts="样例事实。", basis="《样例办法》"
    )
    rig.bench.follow_ups.keep(inspection, matter, filled)
    grant(rig, "transfer", 2, "自带{year}{serial}号")
    grant(rig, "our-transfer", 2, "样移字〔{year}〕第{serial:04}号")
    notice = rig.bench.follow_ups.issue(inspection, matter).notice
    assert (notice.number, notice.form.id) == ("样移字〔2026〕第0001号", "our-transfer")
    (row,) = rig.bench.paper.issued()
    assert (row.word, rig.bench.follow_ups.matter_of(row)) == ("消防线索移送函（样例）", matter)


# --- Taking a set in ---


@holding
async def test_a_set_is_used_and_survives_the_end_of_the_program_sealed(rig, account):
    send(rig, account.set(FIRE_FORM))
    assert alarms(rig) == set()
    assert titles(rig) == ["小场所责令限期改正通知书（样例）"]
    kept = b"".join(path.read_bytes() for path in rig.store.rglob("*") if path.is_file())
    assert "小场所".encode() not in kept and b64encode("小场所".encode()) not in kept
    await rig.tablet.close()
    rig.tablet = rig.another_process()
    rig.tablet.open()
    await rig.tablet.act(rig.tablet.gate.unlock, rig.person().id, "135790")
    assert titles(rig) == ["小场所责令限期改正通知书（样例）"]


@holding
async def test_a_later_set_takes_the_place_of_the_one_before_whole(rig, account):
    other = FIRE_FORM.replace(FORM, "other-notice").replace("小场所", "老旧小区")
    send(rig, account.set(FIRE_FORM), account.set(other, version=2))
    assert titles(rig) == ["老旧小区责令限期改正通知书（样例）"]
    send(rig, account.set(version=3))
    assert titles(rig) == []
    assert alarms(rig) == set()


@holding
async def test_an_older_set_never_replaces_a_newer_one_and_is_told(rig, account):
    take = rig.bench.paper.forms.take
    take(account.set(version=5))
    with pytest.raises(FormsOlderError):
        take(account.set(FIRE_FORM, version=4))
    send(rig, account.set(FIRE_FORM, version=4))
    assert alarms(rig) == {"forms.older"}
    assert titles(rig) == []


@holding
async def test_another_set_of_the_same_version_is_refused_and_the_same_one_changes_nothing(rig, account):
    take = rig.bench.paper.forms.take
    take(account.set(FIRE_FORM))
    take(account.set(FIRE_FORM))
    with pytest.raises(FormsConflictError):
        take(account.set())
    assert titles(rig) == ["小场所责令限期改正通知书（样例）"]


@holding
async def test_a_damaged_set_is_refused_and_told(rig, account):
    signed = account.set(FIRE_FORM)
    payload = dsse.peek(signed.envelope).payload
    other = payload.replace("60日".encode(), "90日".encode())
    forged = replace(signed, envelope=signed.envelope.replace(b64encode(payload), b64encode(other)))
    assert dsse.peek(forged.envelope).payload == other != payload
    with pytest.raises(FormsForgedError):
        verify_forms(forged.envelope, forged.certificate, rig.cast.statement)
    send(rig, forged)
    assert alarms(rig) == {"forms.forged"}
    assert titles(rig) == []


@holding
async def test_only_an_account_of_this_office_signs_sets(rig, account):
    signed = account.set(FIRE_FORM)
    assert verify_forms(signed.envelope, signed.certificate, rig.cast.statement) == signed
    strangers = [
        Account(rig.cast, kind=HolderKind.DEVICE).set(FIRE_FORM),
        Account(rig.cast, kind=HolderKind.INSPECTOR).set(FIRE_FORM),
        Account(Cast.new("other-office")).set(FIRE_FORM),
        account.set(FIRE_FORM, tenant="other-office"),
        account.set(FIRE_FORM, account=ACCOUNT.replace("aa", "ab")),
        replace(signed, envelope=dsse.sign(dsse.peek(signed.envelope).payload, FORMS_TYPE, [key("nobody")])),
    ]
    for one in strangers:
        with pytest.raises(FormsForgedError):
            verify_forms(one.envelope, one.certificate, rig.cast.statement)
    send(rig, *strangers)
    assert alarms(rig) == {"forms.forged"}
    assert titles(rig) == []


@holding
async def test_a_set_with_a_fault_or_from_a_later_program_is_refused_whole(rig, account):
    send(rig, account.set(FIRE_FORM, version=1))
    faulty = FIRE_FORM.replace(FORM, "second").replace("60日", "90日")
    twice = FIRE_FORM
    for texts in ((FIRE_FORM, faulty), (FIRE_FORM, twice), ("x = 1",)):
        with pytest.raises(FormsUnfitError):
            rig.bench.paper.forms.take(account.set(*texts, version=2))
    later = canonical({**json.loads(dsse.peek(account.set().envelope).payload), "v": 2})
    signed = replace(account.set(), envelope=dsse.sign(later, FORMS_TYPE, [account.key]))
    send(rig, account.set(FIRE_FORM, faulty, version=2), signed)
    assert alarms(rig) == {"forms.unfit"}
    assert titles(rig) == ["小场所责令限期改正通知书（样例）"]


@holding
async def test_a_set_too_large_for_a_message_is_refused_before_it_is_read(rig, account):
    signed = account.set(FIRE_FORM + "#" * SET_CAP)
    with pytest.raises(FormsForgedError):
        verify_forms(signed.envelope, signed.certificate, rig.cast.statement)


# --- What may be issued ---


@holding
async def test_an_own_document_is_offered_beside_the_shipped_one_or_instead_of_it(rig, account):
    inspection = sealed(rig)
    shipped = ids(rig, inspection)
    assert "rectify-notice" in shipped
    send(rig, account.set(FIRE_FORM))
    assert sorted(ids(rig, inspection)) == sorted([*shipped, FORM])
    send(rig, account.set(FIRE_FORM.replace("copies =", "instead = true\ncopies ="), version=2))
    assert ids(rig, inspection) == [FORM if id == "rectify-notice" else id for id in shipped]


@holding
async def test_an_own_document_takes_numbers_of_its_own_series_only(rig, account):
    send(rig, account.set(FIRE_FORM))
    inspection = sealed(rig)
    grant(rig, "rectify-notice", 3, "自带{year}{serial}号")
    paper = rig.bench.paper
    document = own(rig, inspection)
    assert (paper.numbers_left(FORM, 2026), paper.numbers_left("rectify-notice", 2026)) == (0, 3)
    assert issue(rig, inspection, document).notice.is_draft
    grant(rig, FORM, 2)
    issued = issue(rig, inspection, document)
    assert issued.notice.number == "（样）小改字〔2026〕第0001号"
    assert issued.notice.form == document.form
    assert (paper.numbers_left(FORM, 2026), paper.numbers_left("rectify-notice", 2026)) == (1, 3)
    assert [row.word for row in paper.issued()] == [document.word] * 2


@holding
async def test_two_orders_of_one_kind_are_not_issued_in_different_words(rig, account):
    send(rig, account.set(FIRE_FORM))
    inspection = sealed(rig)
    grant(rig, FORM, 2)
    grant(rig, "rectify-notice", 2, "自带{year}{serial}号")
    issue(rig, inspection, own(rig, inspection))
    with pytest.raises(NoticeIssuedError, match="0001号"):
        issue(rig, inspection, Document(kind=NoticeKind.RECTIFY_NOTICE))
    assert rig.bench.paper.numbers_left("rectify-notice", 2026) == 2


@holding
async def test_a_document_in_an_own_template_is_replaced_by_one_whose_paper_says_so(rig, account):
    """The template itself has no word about it."""
    assert "replaces" not in FIRE_FORM
    send(rig, account.set(FIRE_FORM))
    inspection = sealed(rig)
    grant(rig, FORM, 2)
    document = own(rig, inspection)
    issue(rig, inspection, document)
    (first,) = rig.bench.paper.issued()
    rig.bench.follow_ups.begin_replacing(inspection, first, "期限写错")
    issue(rig, inspection, document)
    first, second = rig.bench.paper.issued()
    assert (second.document, second.notice.replaces) == (FORM, first.notice.number)
    given = {"token": None, "attachments": {}, "photos": {}, "own_template": document.template}
    pdf = PdfPress(APP_FOLDER / "assets").print(replace(second.notice, photos=()), **given)
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    text = "".join(done.stdout.decode().split())
    assert f"本文书替代{first.notice.number}；原文书自本文书送达之日起不再执行。" in text
    assert "替代原因：期限写错" in text


@holding
async def test_a_template_that_the_office_changed_meanwhile_is_not_printed_with(rig, account):
    send(rig, account.set(FIRE_FORM))
    inspection = sealed(rig)
    grant(rig, FORM, 2)
    before = own(rig, inspection)
    send(rig, account.set(FIRE_FORM.replace("电源", "总电源"), version=2))
    with pytest.raises(IllegalMoveError):
        issue(rig, inspection, before)
    assert rig.bench.paper.numbers_left(FORM, 2026) == 2
    send(rig, account.set(version=3))
    assert FORM not in ids(rig, inspection)


@screen_test
async def test_the_documents_screen_shows_an_own_document_under_its_own_name(tmp_path):
    async with Walking(tmp_path) as rig:

        def prepared():
            form = FIRE_FORM.replace("fire-rescue", "emergency-management")
            form = form.replace('kind = "rectify-notice"', 'kind = "rectify-order"')
            rig.bench.paper.forms.take(Account(rig.cast).set(form))
            grant(rig, FORM, 2)
            return sealed(rig)

        rig.press.unconfirmed = "式样待确认"
        ui = await rig.open(prepared, routes.notices)
        assert "小场所责令限期改正通知书（样例）" in ui.texts()
        whose = "式样待确认：这是本单位自己的模板。请法制人员确认后再正式使用。"
        assert ui.texts().count(whose) == 1, "of the shipped form nothing official was found"
        await ui.tap(f"notices.{FORM}-issue")
        assert "出具小场所责令限期改正通知书（样例）？" in ui.texts()
        await ui.tap(f"notices.{FORM}-issue-ask-yes")
        number = "（样）小改字〔2026〕第0001号"
        assert f"小场所责令限期改正通知书（样例）　{number}" in ui.texts()
        assert not ui.has("notices.rectify-order-issue"), "the order is given"
        assert "已出具另一份" in ui.texts()
        assert any(f"已出具“小场所责令限期改正通知书（样例）”：{number}" in text for text in ui.texts())
        assert ui.errors() == []


# --- What stays impossible ---


@holding
async def test_a_signature_does_not_let_a_non_enforcement_office_print_an_order(rig, account):
    """The account is genuine; what it signed is not printable by this office all the same."""
    street = IssuerProfile(kind=IssuerKind.NON_ENFORCEMENT, name="样例街道办事处（样例）", region="样")
    rig.bench.memory.put_fact("issuer", street.to_record())
    for evil in (
        ADVICE.replace("请尽快处理。", "责令你处限期改正。"),
        ADVICE.replace("请尽快处理。", "责 令 你处改正。"),
        ADVICE.replace("街道隐患告知单", "街道整改指令书"),
        ADVICE.replace("请尽快处理。", "如不服可申请行政复议。"),
        ADVICE.replace("seal = false", "seal = true"),
        ADVICE.replace("hazard-advice", "rectify-order"),
    ):
        assert evil != ADVICE
        with pytest.raises(FormsUnfitError):
            rig.bench.paper.forms.take(account.set(evil))
    send(rig, account.set(FIRE_FORM, ADVICE))
    assert titles(rig) == ["街道隐患告知单（样例）"], "an order of another issuer is not this office's"
    inspection = sealed(rig)
    order = Document(kind=NoticeKind.RECTIFY_NOTICE, own=rig.bench.paper.forms.of(IssuerKind.FIRE_RESCUE)[0])
    with pytest.raises((IllegalMoveError, PrintForbiddenError)):
        issue(rig, inspection, order)
    with pytest.raises(PrintForbiddenError):
        rig.bench.paper.draft(inspection, order.kind, order.own)


@screen_test
async def test_words_that_come_together_only_on_the_page_stop_a_delivered_template_too(tmp_path):
    """The template ends with 责, the name that is filled in begins with 令: neither text holds the word."""
    street = IssuerProfile(
        kind=IssuerKind.NON_ENFORCEMENT,
        name="样例街道办事处（样例）",
        region="样",
        contact=Contact(name="令狐样例", phone="000-0000000"),
    )
    met = ADVICE.replace("hazard-advice", "hazard-notice").replace(
        'after = ["请尽快处理。联系人：{contact}', 'after = ["{deadlines}", "{at_once}", "由楼长负责{contact}'
    )
    async with Walking(tmp_path) as rig:
        rig.press = LatePress(APP_FOLDER / "assets", FontShelf(rig.store / "fonts"))
        rig.tablet = rig.another_process()
        await rig.enrolled()
        rig.bench.memory.put_fact("issuer", street.to_record())
        rig.bench.paper.forms.take(Account(rig.cast).set(met))
        inspection = sealed(rig)
        document = own(rig, inspection, "street-advice")
        grant(rig, "street-advice", 2, "{region}告字〔{year}〕{serial}号")
        with pytest.raises(PrintForbiddenError):
            issue(rig, inspection, document)
        assert rig.bench.paper.numbers_left("street-advice", 2026) == 2
