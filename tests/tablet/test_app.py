"""The root: the first frame, what is served to a browser and to whom, and a whole way over real HTTP."""

import asyncio
import subprocess
import sys

import httpx
import pytest
from websockets.sync.client import connect

from inspector import settings
from inspector.errors import ChecklistFaultsError
from inspector.store.lock import StoreLock
from inspector.sync.address import OfficeAddress
from inspector.sync.desk import DeskOffice
from inspector.tablet.app import Windows, build_asgi
from inspector.tablet.assembly import Place, assemble
from inspector.trust.keys import SigningKey
from inspector.trust.vault import Cost
from inspector.ui.serving import OwnPagesOnly
from inspector.work.enrol import certify, confirm, invite, look
from tests.browser import browser_screen, serving
from tests.real_office import RealOffice
from tests.tablet.rig import NAME, PIN, Clock, PlainPress, Rig
from tests.ui_harness import Harness, screen_test

HEAVY = ("cryptography", "tinydb", "reportlab", "PIL", "requests", "pypinyin", "fastapi", "uvicorn")


def test_the_first_frame_waits_for_nothing_heavy():
    code = f"import sys, inspector.tablet.app; print([n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@screen_test
async def test_the_first_frame_says_that_the_store_is_being_opened(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = Harness()
        rig.windows(ui.page)
        assert "正在打开本机数据……" in ui.texts()
        await ui.settle()
        assert ui.has("welcome.name")


def test_checklists_calendar_and_fonts_are_where_the_app_lies(tmp_path):
    place = Place(app=settings.APP_FOLDER, store=tmp_path / "store", keys=tmp_path / "keys")
    tablet = assemble(place, clock=lambda: 0, uptime=lambda: 0, version="0.1.0")
    assert {one.domain.value for one in tablet.catalogue.checklists} >= {"hazmat", "courier", "gas", "fire"}
    assert tablet.catalogue.faults == ()


@screen_test
async def test_a_folder_of_checklists_that_cannot_be_read_is_said_and_can_be_tried_again(tmp_path):
    place = Place(app=tmp_path / "nowhere", store=tmp_path / "store", keys=tmp_path / "keys")

    def assembled(_page: object) -> object:
        return assemble(place, clock=lambda: 0, uptime=lambda: 0, version="0.1.0")

    ui = Harness()
    await ui.run(Windows(assembled))  # type: ignore[arg-type]
    assert ui.has("error") and ui.errors() == []
    with pytest.raises(ChecklistFaultsError):
        assembled(None)


def test_the_tablets_folders_keep_keys_and_data_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("INSPECTOR_TABLET_FOLDER", str(tmp_path))
    folders = settings.tablet_folders()
    assert folders.store.is_relative_to(tmp_path) and folders.keys.is_relative_to(tmp_path)
    monkeypatch.delenv("INSPECTOR_TABLET_FOLDER")
    monkeypatch.delenv("FLET_APP_STORAGE_DATA", raising=False)
    folders = settings.tablet_folders()
    assert not folders.keys.is_relative_to(folders.store)
    assert not folders.store.is_relative_to(folders.keys)


# --- In a browser ---


@pytest.fixture
def address(tmp_path):
    rig = Rig(tmp_path)
    with serving(build_asgi(lambda _page: rig.tablet)) as address:
        yield address


def test_pages_come_with_a_policy_that_keeps_everything_else_out(address):
    answer = httpx.get(f"{address}/")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "http" not in policy.replace("https://", "!")
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_another_name_for_this_machine_is_turned_away(address):
    for host in ("evil.example", "127.0.0.1.evil.example", ""):
        assert httpx.get(f"{address}/", headers={"Host": host}).status_code in (400, 421)
    assert httpx.get(f"{address}/", headers={"Host": "localhost"}).status_code == 200


@pytest.mark.parametrize("origin", [None, "http://evil.example", "https://127.0.0.1", "null"])
def test_no_page_of_another_site_can_drive_the_screens(address, origin):
    with pytest.raises(Exception, match="403"):  # the client's own class for a refused handshake
        connect(address.replace("http", "ws") + "/ws", origin=origin).close()


def test_two_hosts_or_two_origins_are_none():
    async def app(scope, receive, send):
        raise AssertionError("reached")

    async def receive():
        return {"type": "http.request"}

    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"host", b"evil.example")]
    asyncio.run(OwnPagesOnly(app)({"type": "http", "headers": headers}, receive, send))
    assert sent[0]["status"] == 421


@pytest.mark.browser
def test_in_a_browser_a_pin_is_set_today_opens_and_stopping_lets_the_store_go(tmp_path):
    rig = Rig(tmp_path)
    with serving(build_asgi(lambda _page: rig.tablet)) as address, browser_screen() as screen:
        screen.open(f"{address}/")
        screen.find("welcome.name").wait_for()
        screen.type("welcome.name", NAME)
        screen.tap("welcome.next")
        for stage in ("welcome.pin", "welcome.again"):
            screen.find(f"{stage}-1").wait_for()
            for digit in PIN:
                screen.tap(f"{stage}-{digit}")
            screen.tap(f"{stage}-done")
        screen.find("today.enrol").wait_for()
        assert screen.picture("tablet-first-start").stat().st_size > 5_000
        assert screen.outside == []
    assert rig.tablet.mishaps == []
    StoreLock(rig.store, since="11月18日 19:06").close()


# --- The whole way, over real HTTP, with the server gone and back ---


@screen_test
async def test_enrol_inspect_offline_and_transfer_once_the_office_is_back(tmp_path):
    for name in ("store", "keys", "office"):
        (tmp_path / name).mkdir()
    clock = Clock()
    with RealOffice(tmp_path / "office") as office:
        tablet = assemble(
            Place(app=settings.APP_FOLDER, store=tmp_path / "store", keys=tmp_path / "keys"),
            clock=clock.now,
            uptime=clock.uptime,
            version="0.1.0",
            press=PlainPress(),
            cost=Cost(log_n=14),
        )
        windows = Windows(lambda _page: tablet)
        ui = Harness()
        await ui.run(windows)
        await ui.type("welcome.name", NAME)
        await ui.tap("welcome.next")
        for stage in ("welcome.pin", "welcome.again"):
            await ui.type(f"{stage}-pin", PIN)
            await ui.tap(f"{stage}-done")
        await ui.tap("today.enrol")
        await enrol(ui, office)
        assert ui.has("today.start"), ui.texts()
    # From here on nobody listens at that address.
    bench = tablet.workbench
    assert bench is not None
    await ui.tap("today.start")
    await ui.type("enterprise.search", "样例面馆（样例）")
    await ui.tap("enterprise.add")
    assert ui.by_identifier("new-enterprise.name").value == "样例面馆（样例）", "sought in vain, typed once"
    await ui.tap("new-enterprise.domain-gas")
    await ui.tap("new-enterprise.kind-gas-restaurant")
    await ui.tap("new-enterprise.save")
    await ui.tap("begin.checklist-gas-restaurant")
    await ui.tap("begin.start")
    await ui.settle()
    assert bench.office.unsent() >= 1
    await ui.go("/transfer")
    await ui.tap("transfer.now")
    assert "现在连不上办公室服务器。" in ui.texts()
    with RealOffice(tmp_path / "office", cast=office.cast) as again:
        bench.office.settle(f"http://127.0.0.1:{again.port}", office.cast.statement.fingerprint)
        await ui.tap("transfer.now")
        assert bench.office.unsent() == 0
        assert not ui.has("error")
    assert ui.errors() == [] and tablet.mishaps == []
    await windows.close()


async def enrol(ui: Harness, office: RealOffice) -> None:
    """Type the code, and play the person at the console."""
    desk = DeskOffice(office.transport(office.cast.feed))
    address = OfficeAddress.parse(f"http://127.0.0.1:{office.port}").origin
    invited = await asyncio.to_thread(
        invite, address, statement=office.cast.envelope, box=desk, now_ms=Clock().now()
    )
    await ui.type("enrol.label", "平板一")
    await ui.type("enrol.code", invited.invitation.text)
    await ui.tap("enrol.send")
    applied = await asyncio.to_thread(look, invited, box=desk)
    assert f"{applied.digits[:4]} {applied.digits[4:]}" in ui.texts()
    grant = certify(
        applied,
        inspectors=[one.id for one in applied.request.inspectors],
        statement=office.cast.statement,
        issuing=SigningKey(office.cast.issuing.seed),
        now_ms=Clock().now(),
    )
    await asyncio.to_thread(confirm, grant, box=desk)
    await ui.tap("enrol.check")
    await ui.settle()
