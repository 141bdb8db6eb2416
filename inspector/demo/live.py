"""`demo`: office server, console and two tablets on this machine, ready to be tried in the browser.

The first start makes a sample office and enrols the first tablet; later starts find everything as it was.
The second tablet is new: it shows the first start and the enrolment from the beginning.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from inspector.demo import samples
from inspector.demo.desk_worker import ADMINISTRATOR, SUPERVISOR, VIEWER
from inspector.demo.headless import Folders, enrol, found_office, programs
from inspector.demo.office_process import OfficeProcess, answers, free_port
from inspector.demo.steps import StepFailedError
from inspector.errors import StoreInUseError
from inspector.store.lock import LOCK_NAME, StoreLock
from inspector.ui.words import moment

STARTS_WITHIN_S = 90.0
_PAUSE_S = 0.1
_READY = "ready.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the programs listen; kept, because the tablet remembers its office by its address."""

    office: int
    console: int
    tablet: int
    new_tablet: int


def run(data: Path, *, clock: Callable[[], int], opens_browser: bool) -> int:
    """Run the demo until it is told to stop; where it runs already in this folder, say where.

    Gives 1, and says why, when it could not be started or a program of it ended by itself.
    """
    data.mkdir(parents=True, exist_ok=True)
    try:
        lock = StoreLock(data, since=moment(clock()))
    except StoreInUseError as held:
        return _runs_already(Folders(root=data), held, opens_browser=opens_browser)
    with lock:
        try:
            return _run(Folders(root=data), clock=clock, opens_browser=opens_browser)
        except StepFailedError as failed:
            print(f"演示没有启动：{failed}。", file=sys.stderr)  # noqa: T201
            return 1


def _runs_already(folders: Folders, held: StoreInUseError, *, opens_browser: bool) -> int:
    """Nothing is started twice: whoever starts it again is shown what there is."""
    ready = folders.root / _READY
    if not ready.exists():
        print(f"另一个窗口正在“{folders.root}”里建立样例办公室，请等它显示地址。", file=sys.stderr)  # noqa: T201
        return 1
    ports = Ports(**json.loads(ready.read_text("utf-8")))
    pid, since = held.facts["pid"], held.facts["since"]
    _tell(
        f"演示已经在“{folders.root}”里运行（进程 {pid}，{since} 起），没有再启动一次：",
        ports,
        "要停止，请到启动它的窗口按 Ctrl+C。",
    )
    if opens_browser:
        webbrowser.open(_at(ports.tablet))
    return 0


def _must_be_free(ports: Ports) -> None:
    """A program that is left over from a demo that was killed would keep the new one from starting."""
    taken = [
        str(port) for port in (ports.office, ports.console, ports.tablet, ports.new_tablet) if _is_taken(port)
    ]
    if taken:
        raise StepFailedError(
            f"端口 {'、'.join(taken)} 已被占用：可能是上一次演示被强行结束后留下的程序，也可能是别的程序。"
            "请结束占用这些端口的程序，再启动一次；演示的数据都在"
        )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _run(folders: Folders, *, clock: Callable[[], int], opens_browser: bool) -> int:
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _stop)
    ports = _ports(folders, clock=clock)
    _must_be_free(ports)
    server = OfficeProcess(folders.office, ports.office, folders.logs / "office.log")
    running: list[subprocess.Popen[bytes]] = []
    stopped = False
    try:
        server.start()
        running += [
            _serve(folders, "console", "--data", str(folders.console), "--office", server.url, ports.console),
            _serve(folders, "tablet", "--data", str(folders.tablet), ports.tablet),
            _serve(folders, "tablet", "--data", str(folders.root / "tablet-new"), ports.new_tablet),
        ]
        for process, port in zip(running, (ports.console, ports.tablet, ports.new_tablet), strict=True):
            _wait(process, port)
        _tell("演示已启动（数据与人员均为样例）：", ports, "按 Ctrl+C 停止；再次启动时数据都在。")
        if opens_browser:
            webbrowser.open(_at(ports.tablet))
        while server.is_running and all(process.poll() is None for process in running):
            time.sleep(_PAUSE_S * 5)
    except KeyboardInterrupt:
        print("\n正在停止……", flush=True)  # noqa: T201
        stopped = True
    finally:
        _end(running, server)
    if stopped:
        print("演示已停止，数据都在，下次启动接着用。")  # noqa: T201
        return 0
    print(  # noqa: T201
        f"有一个程序自己退出了，其余的也已停止。原因见“{folders.logs}”里最新的文件；再启动一次，数据都在。",
        file=sys.stderr,
    )
    return 1


def _end(running: list[subprocess.Popen[bytes]], server: OfficeProcess) -> None:
    """End every program and wait for it; whoever presses Ctrl+C again waits as well."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    for process in running:
        process.terminate()
    for process in running:
        process.wait(timeout=20)
    server.stop()


def _ports(folders: Folders, *, clock: Callable[[], int]) -> Ports:
    """The ports of an existing demo, or of one that is founded now."""
    ready = folders.root / _READY
    if ready.exists():
        return Ports(**json.loads(ready.read_text("utf-8")))
    if any(path.name != LOCK_NAME for path in folders.root.iterdir()):
        raise StepFailedError(f"“{folders.root}”里有一次没有完成的演示：请删除这个文件夹后重试")
    print("首次启动：正在建立样例办公室并登记平板……")  # noqa: T201
    ports = Ports(office=free_port(), console=free_port(), tablet=free_port(), new_tablet=free_port())
    server = OfficeProcess(folders.office, ports.office, folders.logs / "office.log")
    found_office(folders, server.url, clock=clock)
    with programs(folders, server) as (desk, tablet):
        server.start()
        enrol(desk, tablet)
    values = {name: getattr(ports, name) for name in ("office", "console", "tablet", "new_tablet")}
    ready.write_text(json.dumps(values), "utf-8")
    return ports


def _serve(folders: Folders, name: str, *arguments: str | int) -> subprocess.Popen[bytes]:
    *options, port = arguments
    with (folders.logs / f"{name}-{port}.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-m", "inspector", name, *map(str, options), "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl+C at the terminal reaches this program alone; it ends the others in order.
            start_new_session=True,
        )


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while not answers(_at(port)):
        if process.poll() is not None or time.monotonic() > deadline:
            raise StepFailedError(f"端口 {port} 上的程序没有启动，见日志文件夹")
        time.sleep(_PAUSE_S)


def _tell(head: str, ports: Ports, foot: str) -> None:
    pins = "，".join(f"{person.name} PIN {person.pin}" for person in samples.PEOPLE)
    lines = (
        "",
        head,
        f"  平板（已登记）     {_at(ports.tablet)}   {pins}",
        f"  新平板（未登记）   {_at(ports.new_tablet)}   可从头试首次启动和登记",
        f"  审核台             {_at(ports.console)}   登录名 {ADMINISTRATOR} / {SUPERVISOR} / {VIEWER}",
        f"                     密码 {samples.PASSWORD}，办公室密钥口令 {samples.PASSPHRASE}",
        f"  办公室服务器       {_at(ports.office)}",
        foot,
    )
    print("\n".join(lines), flush=True)  # noqa: T201


def _at(port: int) -> str:
    return f"http://127.0.0.1:{port}/"


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
