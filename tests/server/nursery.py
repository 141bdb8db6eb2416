"""A process with everything imported that starts a real server at each line it reads, for tests that kill it.

Run as `python -m tests.server.nursery FOLDER PORT`; says `ready PID` when it listens, `gone` at its end.
"""

import logging
import os
import sys
from pathlib import Path

import uvicorn

from inspector.server.app import Binding, build, configuration
from inspector.server.limits import Limits, Rate
from tests.server.cast import NOON

WIDE = Rate(burst=10**9, per_minute=10**9)


class Announced(uvicorn.Server):
    """Says when it listens."""

    async def startup(self, sockets=None):
        await super().startup(sockets)
        os.write(1, b"ready %d\n" % os.getpid())


def serve(folder: Path, port: int) -> None:
    app = build(folder, clock=lambda: NOON, limits=Limits(device=WIDE, address=WIDE, enrolment=WIDE))
    config = configuration(app, Binding(port=port))
    logging.disable()
    Announced(config).run()


def main(folder: Path, port: int) -> None:
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(folder, port)
            os._exit(0)
        os.waitpid(child, 0)
        os.write(1, b"gone\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
