"""Packs at the console: planning, publishing, and which versions are out in the field."""

from dataclasses import replace

import pytest

from inspector.catalog import read_all
from inspector.catalog.faults import Faults
from inspector.catalog.layers import catalogue_of
from inspector.catalog.tables import parse_toml
from inspector.console.database import SCHEMA, DeskDatabase
from inspector.console.own_folder import LayerText
from inspector.console.packs import Packs
from inspector.console.screens.office_publish import with_layer
from inspector.domain.delivery import NO_PREVIOUS, FeedMessage
from inspector.errors import ChecklistFaultsError, NotPermittedError, PackRefusedError, TextControlError
from inspector.trust import dsse
from inspector.trust.certificates import RevocationReason
from inspector.trust.strict_json import parse_object
from inspector.work.adopt import PackRef, tell
from inspector.work.feed import read_body
from inspector.work.packs import PackPart, open_pack
from inspector.work.seal import announce
from tests import make
from tests.catalog.sample import CHECKLIST, LAWS, spoilt
from tests.catalog.test_layers import HEAD, changed
from tests.console.desk_rig import DeskRig
from tests.console.older_database import older_database
from tests.ui_harness import screen_test

DAY = 24 * 3600


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        folder = tmp_path / "checklists"
        folder.mkdir()
        (folder / "laws.toml").write_text(LAWS, encoding="utf-8")
        (folder / "sample.toml").write_text(CHECKLIST, encoding="utf-8")
        found.checklists = read_all(folder)
        found.packs = Packs(found.desk, found.checklists)
        yield found


def layer(days, version="2026.1", body=""):
    text = HEAD.format(id="province", level="province").replace("2026.1", version)
    return LayerText(
        name="province.toml", text=text + changed("tighten", "door-width", f"  days = {days}") + body
    )


def publish(rig, *layers, reason=""):
    return rig.packs.publish(rig.admin, rig.packs.plan(layers), reason)


def messages(rig, tablet):
    """What the tablet was told, opened with its own identity."""
    rows = rig.desk.database.rows("SELECT bytes FROM feed WHERE device = ? ORDER BY n", tablet.id)
    found = [FeedMessage.from_payload(parse_object(dsse.peek(row["bytes"]).payload)) for row in rows]
    return [read_body(one, [tablet.office.device_identity], rig.desk.statement) for one in found]


def packs_of(rig, tablet):
    return [one for one in messages(rig, tablet) if isinstance(one, PackPart)]


def days_in(part):
    catalogue = open_pack(part.signed.manifest, part.data)
    return catalogue.get("sample").item("door-width").remedy.days


# --- Publishing ---


def test_a_pack_reaches_every_tablet_signed_by_the_account_that_published_it(rig):
    tablets = [rig.enrolled(), rig.enrolled("样例平板二号")]
    manifest = publish(rig, layer(20))
    for tablet in tablets:
        (part,) = packs_of(rig, tablet)
        assert days_in(part) == 20
        assert (part.signed.manifest.by, str(part.signed.manifest.version)) == ("样例管理员", "2026.1")
    assert [one.id for one in manifest.layers] == ["province"]
    assert rig.desk.audit.lines(limit=9)[0].act == "publish-pack"
    assert rig.packs.newest().manifest == manifest
    rig.desk.run()


def test_a_tablet_that_is_enrolled_later_gets_the_newest_pack_only(rig):
    publish(rig, layer(20))
    publish(rig, layer(10, "2026.2"))
    (part,) = packs_of(rig, rig.enrolled())
    assert days_in(part) == 10


def test_a_revoked_tablet_gets_nothing_more(rig):
    tablet = rig.enrolled()
    rig.devices.revoke(rig.admin, tablet.id, RevocationReason.LOST)
    publish(rig, layer(20))
    assert packs_of(rig, tablet) == []


def test_each_pack_names_the_one_before_it(rig):
    first = publish(rig, layer(20))
    second = publish(rig, layer(10, "2026.2"))
    assert (first.previous, second.previous) == (NO_PREVIOUS, first.content)
    assert [str(one.manifest.version) for one in rig.packs.all()] == ["2026.2", "2026.1"]


def test_the_same_again_is_not_published(rig):
    publish(rig, layer(20))
    plan = rig.packs.plan([layer(20)])
    assert not plan.is_new
    with pytest.raises(PackRefusedError):
        rig.packs.publish(rig.admin, plan)


def test_only_an_administrator_publishes(rig):
    plan = rig.packs.plan([layer(20)])
    with pytest.raises(NotPermittedError):
        rig.packs.publish(rig.log_in("supervisor"), plan)
    assert rig.packs.newest() is None


def test_of_two_who_publish_at_once_the_second_is_told(rig):
    early, late = rig.packs.plan([layer(20)]), rig.packs.plan([layer(15)])
    rig.packs.publish(rig.admin, early)
    with pytest.raises(PackRefusedError):
        rig.packs.publish(rig.admin, late)
    assert len(rig.packs.all()) == 1


def test_faults_of_all_layers_are_told_at_once_and_nothing_is_published(rig):
    one = LayerText(name="a.toml", text="format = 2\n")
    other = LayerText(name="b.toml", text="nonsense")
    with pytest.raises(ChecklistFaultsError) as caught:
        rig.packs.plan([one, other])
    assert {fault.file for fault in caught.value.faults} == {"a.toml", "b.toml"}
    assert rig.packs.newest() is None


def test_a_layer_that_changed_needs_a_version_of_its_own(rig):
    publish(rig, layer(20))
    with pytest.raises(ChecklistFaultsError) as caught:
        rig.packs.plan([layer(10)])
    assert "版本号没有变" in caught.value.message


# --- Easing ---


def test_what_a_layer_eases_with_a_reason_is_listed_and_goes_out(rig):
    eased = '\n  [[checklist.remove]]\n  item = "last-test"\n  weakens = "另有专项检查"\n'
    plan = rig.packs.plan([layer(20, body=eased)])
    assert plan.unexplained == 0
    assert [(one.item, one.reason) for one in plan.eased] == [("last-test", "另有专项检查（province）")]
    manifest = rig.packs.publish(rig.admin, plan)
    assert manifest.eased == plan.eased


def test_taking_a_layer_away_eases_and_needs_somebodys_reason(rig):
    publish(rig, layer(20))
    plan = rig.packs.plan([])
    assert [(one.item, one.reason) for one in plan.eased] == [("door-width", "")]
    for reason in ("", "  "):
        with pytest.raises(PackRefusedError):
            rig.packs.publish(rig.admin, plan, reason)
    with pytest.raises(TextControlError):
        rig.packs.publish(rig.admin, plan, "坏\u202e字")
    manifest = rig.packs.publish(rig.admin, plan, "条例已废止")
    assert [one.reason for one in manifest.eased] == ["条例已废止"]


def test_a_program_whose_checklists_are_laxer_than_what_is_published_is_noticed(rig):
    publish(rig)
    newer = CHECKLIST.replace("days = 30", "days = 60", 1).replace('"2026.1"', '"2026.2"', 1)
    tree = parse_toml(newer.encode(), Faults("样例"))
    content = replace(rig.checklists.content, checklists=(tree,))
    rig.packs = Packs(rig.desk, catalogue_of(content, name="样例"))
    plan = rig.packs.plan([])
    assert [one.item for one in plan.eased] == ["door-width"]
    assert plan.unexplained == 1


# --- In the field ---


def entries(rig, tablet, *makers):
    """The tablet signs and sends entries; the desk takes them in."""
    seal = replace(tablet.office.seal, device=tablet.id)
    sealed = [maker(seal, tablet.office.box) for maker in makers]
    rig.sends(tablet, [one.envelope for one in sealed])
    rig.desk.run()


def adopts(manifest, n):
    def enter(seal, box):
        pack = PackRef(version=str(manifest.version), sha256=manifest.content)
        return tell(pack, seal=seal, box=box, id=f"0198c0de-0000-7000-8000-0000000000f{n}", at_ms=make.DAY_MS)

    return enter


def test_the_console_shows_which_pack_a_tablet_says_it_uses_and_how_long_it_is_behind(rig):
    tablet = rig.enrolled()
    assert rig.devices.all()[0].pack.version == ""
    assert rig.devices.all()[0].pack.behind_ms is None, "nothing was published"
    first = publish(rig, layer(20))
    rig.clock.pass_(2 * DAY)
    (row,) = rig.devices.all()
    assert (row.pack.version, row.pack.days_behind(rig.clock.now())) == ("", 2)
    entries(rig, tablet, adopts(first, 1))
    (row,) = rig.devices.all()
    assert (row.pack.version, row.pack.since_ms, row.pack.behind_ms) == ("2026.1", make.DAY_MS, None)
    publish(rig, layer(15, "2026.2"))
    publish(rig, layer(10, "2026.3"))
    rig.clock.pass_(3 * DAY)
    (row,) = rig.devices.all()
    assert (row.pack.version, row.pack.days_behind(rig.clock.now())) == ("2026.1", 3)


def test_a_tablets_word_is_believed_only_under_its_own_key(rig):
    tablet, other = rig.enrolled(), rig.enrolled("样例平板二号")
    first = publish(rig, layer(20))
    stolen = replace(tablet, office=replace(tablet.office, device_key=other.office.device_key))
    entries(rig, stolen, adopts(first, 1))
    assert {row.pack.version for row in rig.devices.all()} == {""}


def test_an_inspection_says_with_which_pack_it_began(rig):
    tablet = rig.enrolled()
    first = publish(rig, layer(20))
    pack = {"version": str(first.version), "sha256": first.content}

    def begins(seal, box):
        return announce(
            make.inspection(), seal=seal, box=box, id=make.INSPECTION_ID, at_ms=make.DAY_MS, pack=pack
        )

    entries(rig, tablet, begins)
    assert rig.packs.pack_of(make.INSPECTION_ID) == "2026.1"
    assert rig.packs.pack_of("0198c0de-0000-7000-8000-000000000099") is None


def test_a_record_is_shown_in_the_words_of_the_pack_that_it_was_made_with(rig):
    publish(rig, layer(20))
    (ref,) = rig.packs.newest().manifest.checklists
    publish(rig, layer(10, "2026.2"))
    assert rig.packs.checklist(ref.sha256).item("door-width").remedy.days == 20
    assert rig.packs.checklist(rig.checklists.get("sample").digest).item("door-width").remedy.days == 30
    assert rig.packs.checklist("0" * 64) is None


def test_a_database_of_the_first_version_is_taken_along(tmp_path):
    path, key = tmp_path / "desk.db", bytes(32)
    older_database(path, key, 1, {"facts": [{"name": "kept", "value": "1"}]})
    again = DeskDatabase(path, key)
    assert again.fact("kept") == 1
    assert again.rows("SELECT * FROM packs") == []
    assert again.row("PRAGMA user_version")["user_version"] == SCHEMA
    again.close()


# --- On the screen ---


async def publishing(rig):
    ui = await rig.window("/office")
    hall = rig.session.hall
    hall.catalogue, hall.packs = rig.checklists, rig.packs
    await ui.tap("console.office.part-checklists")
    return ui


@screen_test
async def test_an_administrator_publishes_from_the_office_screen(rig):
    tablet = rig.enrolled()
    ui = await publishing(rig)
    assert any("还没有发布过" in text for text in ui.texts())
    await ui.tap("console.office.publish")
    await ui.type("console.office.layer-text", layer(20).text)
    await ui.tap("console.office.add-layer")
    assert ui.has("console.office.layer-province")
    await ui.tap("console.office.check-layers")
    assert any("整改期限由 30 天改为 20 天" in text for text in ui.texts())
    assert "没有任何放宽。" in ui.texts()
    await ui.tap("console.office.publish-now")
    await ui.tap("console.office.publish-now-ask-yes")
    assert ui.has("console.office.published")
    assert any("还在用旧版，不到 1 天" in text for text in ui.texts())
    assert len(packs_of(rig, tablet)) == 1
    assert ui.errors() == []


@screen_test
async def test_faults_are_all_on_the_screen_and_a_layer_can_be_taken_off_again(rig):
    ui = await publishing(rig)
    await ui.tap("console.office.publish")
    await ui.type("console.office.layer-text", layer(60).text)
    await ui.tap("console.office.add-layer")
    await ui.tap("console.office.check-layers")
    assert ui.has("console.office.faults")
    assert any("放宽了要求" in text for text in ui.texts())
    assert not ui.has("console.office.publish-now")
    await ui.tap("console.office.drop-province")
    assert not ui.has("console.office.layer-province")
    await ui.tap("console.office.check-layers")
    assert ui.has("console.office.publish-now")


@screen_test
async def test_the_published_pack_names_what_it_eases_in_words_and_by_no_id(rig):
    gone = '\n  [[checklist.remove]]\n  item = "last-test"\n  weakens = "另有专项检查"\n'
    manifest = publish(rig, layer(20, body=gone))
    assert [one.item for one in manifest.eased] == ["last-test"]
    ui = await publishing(rig)
    (line,) = (text for text in ui.texts() if "理由：" in text)
    assert line.startswith("样例检查表：删去了“")
    assert "last-test" not in line and "province" not in line


@screen_test
async def test_easing_asks_for_a_reason_before_it_can_go_out(rig):
    publish(rig, layer(20))
    ui = await publishing(rig)
    await ui.tap("console.office.publish")
    await ui.tap("console.office.drop-province")
    await ui.tap("console.office.check-layers")
    assert any("放宽 样例检查表“最窄的门净宽”：" in text for text in ui.texts())
    with pytest.raises(AssertionError):
        await ui.tap("console.office.publish-now")
    await ui.type("console.office.reason", "条例已废止")
    await ui.tap("console.office.publish-now")
    await ui.tap("console.office.publish-now-ask-yes")
    assert any("条例已废止" in text for text in ui.texts())


@screen_test
async def test_a_supervisor_sees_what_is_out_and_cannot_publish(rig):
    publish(rig, layer(20))
    ui = await rig.window("/office", rig.log_in("supervisor"))
    rig.session.hall.catalogue, rig.session.hall.packs = rig.checklists, rig.packs
    await ui.tap("console.office.part-checklists")
    assert ui.has("console.office.published")
    assert not ui.has("console.office.publish")


def test_a_pasted_layer_is_named_by_its_id_and_takes_the_place_of_the_same_one():
    once = with_layer((), layer(20).text)
    assert [one.name for one in once] == ["province.toml"]
    again = with_layer(once, layer(15).text)
    assert [one.text for one in again] == [layer(15).text]
    assert [one.name for one in with_layer(again, "id 没有写")] == ["province.toml", "第 2 层.toml"]


# --- An office's own folder ---


@pytest.fixture
def own(rig, tmp_path):
    """The sample with one word changed, as an office edits it; what the console publishes from."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "laws.toml").write_text(LAWS, encoding="utf-8")
    text = spoilt('version = "2026.1"', 'version = "2026.2"', spoilt("逐门试开", "逐门推开"))
    (folder / "sample.toml").write_text(text, encoding="utf-8")
    rig.packs = Packs(rig.desk, rig.checklists, folder)
    return folder


def laid(own, one):
    (own / "layers").mkdir(exist_ok=True)
    (own / "layers" / one.name).write_text(one.text, encoding="utf-8")


def test_what_an_office_changed_in_its_own_folder_goes_out_and_is_listed(rig, own):
    tablet = rig.enrolled()
    plan = rig.packs.plan(rig.packs.starting_layers())
    assert ("exit-unlocked", "检查方法改写：“逐门推开”") in [(one.item, one.words) for one in plan.changes]
    rig.packs.publish(rig.admin, plan)
    (part,) = packs_of(rig, tablet)
    found = open_pack(part.signed.manifest, part.data).get("sample")
    assert (found.version, found.item("exit-unlocked").how) == ("2026.2", "逐门推开")


def test_the_folder_is_read_anew_and_every_fault_of_it_is_told(rig, own):
    rig.packs.plan(())
    (own / "sample.toml").write_text(
        spoilt("days = 1\n", "days = 0\n", spoilt('"at-once"', '"at-onse"')), encoding="utf-8"
    )
    with pytest.raises(ChecklistFaultsError) as caught:
        rig.packs.plan(())
    assert [fault.file for fault in caught.value.faults] == ["sample.toml"] * 2


def test_less_than_the_program_asks_needs_a_reason_even_before_the_first_pack(rig, own):
    text = spoilt("days = 30\n", "days = 60\n", (own / "sample.toml").read_text(encoding="utf-8"))
    (own / "sample.toml").write_text(text, encoding="utf-8")
    plan = rig.packs.plan(())
    assert [(one.item, one.words) for one in plan.eased] == [("door-width", "整改期限由 30 天改为 60 天")]
    with pytest.raises(PackRefusedError, match="没有写明理由"):
        rig.packs.publish(rig.admin, plan)


def test_the_layers_of_the_folder_are_what_the_next_pack_begins_with(rig, own):
    laid(own, layer(20))
    assert rig.packs.starting_layers() == (layer(20),)
    rig.packs.publish(rig.admin, rig.packs.plan(rig.packs.starting_layers()))
    laid(own, layer(10, "2026.2"))
    assert rig.packs.starting_layers() == (layer(10, "2026.2"),)
    (own / "layers" / "province.toml").write_bytes(b"id = '\xff'")
    with pytest.raises(ChecklistFaultsError, match="UTF-8"):
        rig.packs.starting_layers()


@screen_test
async def test_the_screen_names_the_folder_and_a_layer_that_cannot_be_read(rig, own):
    laid(own, layer(20))
    (own / "layers" / "city.toml").write_bytes(b"\xff")
    ui = await publishing(rig)
    await ui.tap("console.office.publish")
    assert any("以文件夹“own”里的检查表为底" in text for text in ui.texts())
    assert any("city.toml" in text and "UTF-8" in text for text in ui.texts())
    (own / "layers" / "city.toml").unlink()
    await ui.tap("console.office.check-layers")
    assert ui.has("console.office.layer-province")
    assert not ui.has("console.office.drop-province"), "the folder says which layers there are"
    assert not ui.has("console.office.layer-text")
    assert ui.has("console.office.publish-now")


@screen_test
async def test_a_layer_that_was_edited_meanwhile_is_read_anew_by_the_check(rig, own):
    laid(own, layer(60))
    ui = await publishing(rig)
    await ui.tap("console.office.publish")
    await ui.tap("console.office.check-layers")
    assert ui.has("console.office.faults")
    laid(own, layer(20))
    await ui.tap("console.office.check-layers")
    assert not ui.has("console.office.faults")
    assert any("整改期限由 30 天改为 20 天" in text for text in ui.texts())
