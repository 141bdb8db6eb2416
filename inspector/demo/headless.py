"""`demo --headless`: one whole inspection per domain through the same use cases and over real HTTP.

The server is down while they are made. One record is returned by the supervisor and corrected.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.commands.keys import FINGERPRINT, STATEMENT, write_office
from inspector.console.keys import new_office
from inspector.demo import samples
from inspector.demo.desk_worker import open_desk, set_up
from inspector.demo.office_process import OfficeProcess, free_port
from inspector.demo.steps import Program
from inspector.server.office import create, open_office
from inspector.trust.checkpoints import LogVerifier

IDENTITY = "office-identity.txt"
RETURN_NOTE = "样例：请补充现场照片的说明"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """The demo's folders: one per program, one for the keys that belong into a safe."""

    root: Path

    @property
    def office(self) -> Path:
        """The server's."""
        return self.root / "office"

    @property
    def console(self) -> Path:
        """The console's."""
        return self.root / "console"

    @property
    def tablet(self) -> Path:
        """The tablet's."""
        return self.root / "tablet"

    @property
    def safe(self) -> Path:
        """Root, recovery and office keys as they were made."""
        return self.root / "safe"

    @property
    def logs(self) -> Path:
        """What the programs say."""
        return self.root / "logs"


def found_office(folders: Folders, url: str, *, clock: Callable[[], int]) -> str:
    """Make a sample office: server folder, keys, console with accounts. Returns the office's age identity."""
    folders.logs.mkdir(parents=True, exist_ok=True)
    log = LogVerifier.from_text(create(folders.office, tenant=samples.TENANT))
    made = new_office(tenant=samples.TENANT, name=samples.OFFICE_NAME, log=log, at_ms=clock())
    write_office(made, folders.safe, samples.PASSPHRASE)
    office = open_office(folders.office, clock=clock)
    try:
        office.adopt((folders.safe / STATEMENT).read_bytes())
    finally:
        office.archive.close()
    desk = open_desk(folders.console, url, clock=clock)
    try:
        set_up(desk, folders.safe, random=secrets.token_bytes)
    finally:
        desk.close()
    return made.office.identities[0]


def run(out: Path, *, clock: Callable[[], int], port: int | None = None) -> Mapping[str, Any]:
    """The whole demo; returns its summary and leaves everything in `out`.

    Args:
        port: the server's, which the tablet remembers; a free one unless given.
    """
    out.mkdir(parents=True, exist_ok=True)
    folders = Folders(root=out / "programs")
    server = OfficeProcess(folders.office, port or free_port(), folders.root / "logs" / "office.log")
    identity = found_office(folders, server.url, clock=clock)
    (out / IDENTITY).write_text(identity + "\n", "ascii")
    with programs(folders, server) as (desk, tablet):
        server.start()
        enrol(desk, tablet)
        server.stop()
        offline = tablet.do("exchange")
        inspections = [tablet.do("inspect", visit=n, out=str(out)) for n in range(len(samples.VISITS))]
        server.start()
        exchanges = [offline, tablet.do("exchange")]
        passes = [desk.do("run")]
        returned = next(visit.enterprise.name for visit in samples.VISITS if visit.is_returned)
        given_back = desk.do("give_back", enterprise=returned, note=RETURN_NOTE)
        exchanges.append(tablet.do("exchange"))
        corrected = tablet.do("correct", out=str(out))["corrected"]
        exchanges.append(tablet.do("exchange"))
        passes.append(desk.do("run"))
        accepted = desk.do("accept_all")
        exchanges.append(tablet.do("exchange"))
        sealed = tablet.do("hand_out", out=str(out))
        archive = desk.do("hand_out", out=str(out))
        counts = desk.do("counts")
    summary = _summary(
        folders,
        inspections=inspections,
        returned=given_back,
        corrected=corrected,
        accepted=accepted["accepted"],
        records=counts,
        exchanges=exchanges,
        passes=passes,
        files={**sealed, "bundle": archive["bundle"]},
        audit_lines=archive["audit"],
    )
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), "utf-8")
    return summary


def _summary(folders: Folders, **found: object) -> Mapping[str, Any]:
    root = (folders.safe / FINGERPRINT).read_text("ascii").strip()
    return {"office": {"name": samples.OFFICE_NAME, "root": root, "identity": IDENTITY}, **found}


@contextmanager
def programs(folders: Folders, server: OfficeProcess) -> Iterator[tuple[Program, Program]]:
    """Console and tablet as processes of their own; everything is ended afterwards."""
    desk = Program(
        "审核台",
        ["demo-desk", "--data", str(folders.console), "--office", server.url],
        folders.logs / "console.log",
    )
    tablet = Program("平板", ["demo-tablet", "--data", str(folders.tablet)], folders.logs / "tablet.log")
    try:
        yield desk, tablet
    finally:
        desk.end()
        tablet.end()
        server.stop()


def enrol(desk: Program, tablet: Program) -> None:
    """Set the tablet up and enrol it, both sides comparing the digits."""
    tablet.do("set_up")
    mine = tablet.do("apply", text=desk.do("invite")["text"])["digits"]
    theirs = desk.do("look")["digits"]
    if mine != theirs:
        raise RuntimeError("两边显示的八位数字不同")
    desk.do("confirm")
    tablet.do("finish")
    tablet.do("exchange")
    desk.do("run")
