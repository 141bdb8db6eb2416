"""`kill -9` in the middle of tapping, more than two hundred times: every acknowledged tap is there."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import IO

import pytest

from inspector.store import open_database

KEY = bytes(range(32))
CYCLES = 220
ROOT = Path(__file__).parents[2]


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.store.tapping", str(tmp_path / "journal"), KEY.hex()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        yield process


def life(says: IO[bytes], least: int, lines_to_live: int) -> int:
    """Hear one child out and kill it after so many lines; the last tap that it acknowledged."""
    pid, last = 0, -1
    while (line := says.readline()) != b"gone\n":
        word, number = line.split()
        if word == b"pid":
            pid = int(number)
            continue
        if word == b"opened":
            assert int(number) >= least, "an acknowledged tap is gone"
        else:
            assert int(number) == last + 1
        last = int(number)
        lines_to_live -= 1
        if lines_to_live == 0:
            os.kill(pid, signal.SIGKILL)
    return last


def newest_in(path: Path) -> int:
    """The last tap in the journal, after checking that none of the fifty before it is missing."""
    with open_database(path, KEY) as database:
        taps = sorted(document["tap"] for document in database.keyed("answers"))
    assert taps == list(range(taps[-1] - len(taps) + 1, taps[-1] + 1)) if taps else True
    return taps[-1] if taps else 0


def test_a_killed_program_loses_no_acknowledged_tap(starter: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert starter.stdin
    assert starter.stdout
    random, acknowledged = Random(1), 0
    for _ in range(CYCLES):
        starter.stdin.write(b"\n")
        starter.stdin.flush()
        acknowledged = life(starter.stdout, acknowledged, random.randint(1, 12))
        assert newest_in(tmp_path / "journal") in (acknowledged, acknowledged + 1)
    assert acknowledged > CYCLES
