"""A program that taps until it is killed, and a starter that makes one after another in one Python.

    python tapping.py JOURNAL KEY     reads a line, forks a child that taps, writes the child's pid

Each child opens the journal, says what it found, taps as fast as it can, and says each tap once it is saved.
"""

from __future__ import annotations

import os
import sys

from inspector.store import open_database


def tap(path: str, key: bytes) -> None:
    database = open_database(path, key)
    answers = database.keyed("answers")
    number = max((document["tap"] for document in answers), default=0)
    os.write(1, b"opened %d\n" % number)
    while True:
        number += 1
        answers.put(
            f"item-{number % 50}", {"tap": number, "answer": "pass", "note": "压力正常" * (number % 20)}
        )
        os.write(1, b"tap %d\n" % number)


def main() -> None:
    path, key = sys.argv[1], bytes.fromhex(sys.argv[2])
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                tap(path, key)
            finally:
                os._exit(1)
        os.write(1, b"pid %d\n" % child)
        os.waitpid(child, 0)
        os.write(1, b"gone\n")


if __name__ == "__main__":
    main()
