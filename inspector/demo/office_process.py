"""The demo's office server as a process of its own, on a loopback port that stays the same over restarts."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from inspector.demo.steps import StepFailedError

STARTS_WITHIN_S = 60.0
_PAUSE_S = 0.05


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class OfficeProcess:
    """`python -m inspector office serve` on a data folder."""

    def __init__(self, folder: Path, port: int, log: Path) -> None:
        self._folder, self._port, self._log = folder, port, log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            StepFailedError: it does not.
        """
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- our own program
                [
                    *(sys.executable, "-m", "inspector", "office", "serve"),
                    *("--data", str(self._folder), "--port", str(self._port)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl+C at the terminal is for whoever started it, who also ends it.
                start_new_session=True,
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not answers(f"{self.url}/api/v1/hello"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise StepFailedError(f"办公室服务器没有启动，见 {self._log.name}")
            time.sleep(_PAUSE_S)

    def stop(self) -> None:
        """End it and wait for it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self._process is not None and self._process.poll() is None


def answers(url: str) -> bool:
    """Whether a server on this machine answers at an address."""
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 -- loopback
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
