"""Driving a program of the demo from another process: one JSON object a line in, one a line out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from inspector.errors import InspectorError

Step = Callable[..., Mapping[str, Any]]


def obey(steps: Mapping[str, Step]) -> int:
    """Carry out steps from standard input until it ends; what a step refuses goes back as its answer."""
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer: dict[str, Any] = {"ok": steps[asked["step"]](**asked["with"])}
        except InspectorError as error:
            answer = {"error": error.code, "message": f"{error.message}{error.next_step}"}
        print(json.dumps(answer, ensure_ascii=False), flush=True)  # noqa: T201
    return 0


class StepFailedError(RuntimeError):
    """A step of the demo was refused, or its program ended."""


class Program:
    """One program of the demo, in its own process.

    Args:
        arguments: after `python -m inspector`.
        log: where its standard error goes.
    """

    def __init__(self, name: str, arguments: list[str], log: Path) -> None:
        self.name = name
        self._log = log.open("ab")
        self._process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-m", "inspector", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
        )

    def do(self, step: str, **values: object) -> dict[str, Any]:
        """Have a step carried out.

        Raises:
            StepFailedError: it was refused, or the program ended.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise StepFailedError(f"{self.name} 没有打开")
        self._process.stdin.write(json.dumps({"step": step, "with": values}, ensure_ascii=False) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise StepFailedError(f"{self.name} 在“{step}”这一步退出了，见 {Path(self._log.name).name}")
        answer = json.loads(line)
        if "error" in answer:
            raise StepFailedError(f"{self.name} 的“{step}”没有成功：{answer['message']}")
        return dict(answer["ok"])

    def end(self) -> None:
        """End the program and wait for it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()
