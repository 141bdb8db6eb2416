"""Starting the demo where it cannot start: what it says, and that it starts nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.demo.office_process import free_port
from inspector.store.lock import StoreLock

NAMES = ("office", "console", "tablet", "new_tablet")


@pytest.fixture
def ports(tmp_path):
    """A folder in which a demo was founded before."""
    found = {name: free_port() for name in NAMES}
    (tmp_path / "ready.json").write_text(json.dumps(found), "utf-8")
    return found


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "inspector", "demo", "--data", str(folder), "--no-browser"],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def test_where_it_runs_already_it_says_since_when_and_at_which_addresses(tmp_path, ports):
    with StoreLock(tmp_path, since="11月23日 14:32"):
        done = demo(tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"进程 {os.getpid()}，11月23日 14:32 起" in done.stdout
    assert all(f"http://127.0.0.1:{port}/" in done.stdout for port in ports.values())
    assert "到启动它的窗口按 Ctrl+C" in done.stdout
    assert not (tmp_path / "logs").exists()


def test_while_another_window_founds_the_office_nobody_is_told_to_delete_it(tmp_path):
    with StoreLock(tmp_path, since="11月23日 14:32"):
        done = demo(tmp_path)
    assert done.returncode == 1
    assert "正在" in done.stderr and "删除" not in done.stderr


def test_a_port_that_somebody_else_has_is_named_and_nothing_is_started(tmp_path, ports):
    with socket.create_server(("127.0.0.1", ports["console"])):
        done = demo(tmp_path)
    assert done.returncode == 1
    assert f"端口 {ports['console']} 已被占用" in done.stderr and "数据都在" in done.stderr
    assert not (tmp_path / "logs").exists()
