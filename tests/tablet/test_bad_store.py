"""The store in bad hands: another process, another program's writes, damaged files; each is said."""

import subprocess
import sys
from pathlib import Path

import pytest

from inspector.domain.answer import Verdict
from inspector.errors import KeyFileMalformedError, RecordTooNewError, StoreChangedError
from tests import make
from tests.tablet.rig import NAME, PIN, SECOND, Rig
from tests.tablet.walking import EXIT, KINDS, Walking, item, kinds_key
from tests.ui_harness import Harness, screen_test

HOLDER = """
import sys
from pathlib import Path
from inspector.store.lock import StoreLock
lock = StoreLock(Path(sys.argv[1]), since="11月18日 08:00")
print("held", flush=True)
sys.stdin.read()
"""
TREE = Path(__file__).parents[2]


@pytest.fixture
def held(tmp_path):
    """A store that another process of this machine holds."""
    (tmp_path / "store").mkdir()
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "store")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=TREE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


async def unlock(ui: Harness, pin: str = PIN) -> None:
    await ui.type("lock-pin", pin)
    await ui.tap("lock-done")


@screen_test
async def test_a_store_in_another_process_names_it_and_opens_once_that_is_killed(held, tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.window()
        words = "".join(ui.texts())
        assert f"进程 {held.pid}，11月18日 08:00 起" in words and "请先关闭另一个窗口" in words
        await ui.tap("in-use.retry")
        assert ui.has("in-use.retry"), "it still is"
        held.kill()
        held.wait()
        await ui.tap("in-use.retry")
        assert ui.has("welcome.name")


@screen_test
async def test_what_is_half_typed_is_kept_when_a_second_window_takes_over(tmp_path):
    async with Walking(tmp_path, checklists=(KINDS,)) as rig:
        first = await rig.open()
        await first.type(f"{item('height')}-value", "1.2")
        second = await rig.window()
        assert "本机正在另一个窗口中使用" in second.texts()
        await second.tap("in-use.take-over")
        await unlock(second)
        assert rig.on_disk.answers[kinds_key("height")].value == "1.2"
        assert "本机正在另一个窗口中使用" in first.texts()


@screen_test
async def test_a_journal_that_another_program_wrote_to_says_so_and_what_was_saved_is_there_again(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap(f"{EXIT}-pass")
        journal = next(
            path for path in (rig.store / "inspections" / rig.draft_id).iterdir() if path.is_file()
        )
        journal.write_bytes(journal.read_bytes() + b"foreign")
        await ui.tap(f"{EXIT}-fail")
        error = StoreChangedError()
        assert error.message in ui.texts() and error.next_step in ui.texts()
        assert "没有保存" in ui.texts()
        await rig.tablet.lock()
        await ui.settle()
        await unlock(ui)
        await ui.go("/")
        await ui.tap(f"today.restore.{rig.draft_id}")
        await ui.tap(f"today.restore.{rig.draft_id}-ask-yes")
        found = rig.bench.inspections.open(rig.draft_id)
        assert found.answers[make.key(make.EXIT)].verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", KeyFileMalformedError(reason="PIN 文件的格式不对")),
        (b"not json", KeyFileMalformedError(reason="PIN 文件的格式不对")),
        (b'{"v":99}', RecordTooNewError(version=99)),
    ],
)
@screen_test
async def test_a_damaged_pin_file_is_named_and_can_be_tried_again_once_it_is_put_back(tmp_path, data, error):
    async with Rig(tmp_path) as rig:
        _first = await rig.enrolled()
        draft = rig.draft()
        await rig.tablet.lock()
        vault = rig.store / "vault.json"
        whole = vault.read_bytes()
        vault.write_bytes(data)
        ui = await rig.window()
        await ui.tap("in-use.take-over")
        assert error.message in ui.texts() and error.next_step in ui.texts(), ui.texts()
        vault.write_bytes(whole)
        await ui.tap("broken.home")
        await unlock(ui)
        assert ui.has(f"today.draft.{draft.id}")


@pytest.mark.parametrize("data", [b"", b"not json", b"[]", b'{"a":1}', b"\xff\xfe"])
@screen_test
async def test_lost_names_do_not_keep_anybody_out_and_come_back_from_the_journal(tmp_path, data):
    async with Rig(tmp_path) as rig:
        _first = await rig.enrolled()
        draft = rig.draft()
        await rig.tablet.lock()
        (rig.store / "people.json").write_bytes(data)
        ui = await rig.window()
        await ui.tap("in-use.take-over")
        assert "检查人员" in ui.texts() and NAME not in ui.texts()
        await unlock(ui)
        assert ui.has(f"today.draft.{draft.id}")
        assert [one.name for one in rig.tablet.gate.people()] == [NAME, SECOND]
