"""A real server over real HTTP, killed in the middle of its work: nothing that it acknowledged is lost."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

from inspector.sync import protocol
from inspector.trust.ledger import LogVerifier, Tree, leaf_hash, verify_checkpoint
from tests.server.cast import NOON, Answer, Cast, Console, Tablet, name, sealed

ROOT = Path(__file__).resolve().parents[2]
CYCLES = settings.default.max_examples // 3
"""Times that the server is killed: 16, and hundreds with `make soak`."""


class Remote:
    """A server in another process, spoken to over HTTP."""

    def __init__(self, folder: Path, audience: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.office = type("Known", (), {"audience": audience})
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.server.nursery", str(folder), str(self.port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        self._client = httpx.Client()
        self.pid = 0

    def start(self) -> None:
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        word, pid = self._process.stdout.readline().split()
        assert word == b"ready"
        self.pid = int(pid)
        self._client.close()  # only now: until the line broke, somebody may have been sending
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=30)

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.pid, number)
        assert self._process.stdout.readline() == b"gone\n"
        self.pid = 0

    def close(self) -> None:
        if self.pid:
            self.kill()
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._client.close()

    def send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        response = self._client.request(method, path, content=body, headers=headers)
        return Answer(response.status_code, dict(response.headers), response.content)

    def nonce(self) -> str:
        return self.send("GET", protocol.HELLO).headers[protocol.NONCE_HEADER.lower()]


class Sender(threading.Thread):
    """A tablet that sends entries and files until the line breaks, and notes what was acknowledged."""

    def __init__(self, tablet: Tablet, backlog: list[bytes], enough: int) -> None:
        super().__init__()
        self.tablet, self.backlog, self.enough = tablet, backlog, enough
        self.acknowledged: list[bytes] = []
        self.files: list[bytes] = []
        self.reached = threading.Event()

    def run(self) -> None:
        try:
            for start in range(0, len(self.backlog), 2):
                batch = self.backlog[start : start + 2]
                statuses = self.tablet.statuses(*batch)
                assert set(statuses) <= {"accepted", "duplicate", "awaiting-blobs"}, statuses
                self.acknowledged += batch
                photo = sealed(f"{self.tablet.id} photo")
                if self.tablet.put(photo).status in (200, 201):
                    self.files.append(photo)
                if len(self.acknowledged) >= self.enough:
                    self.reached.set()
        except httpx.TransportError:
            return
        finally:
            self.reached.set()


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[tuple[Cast, Remote, list[Tablet]]]:
    cast = Cast(tmp_path / "office")
    tablets = [cast.tablet, cast.another()]
    made = Remote(tmp_path / "office", cast.server.office.audience)
    cast.close()
    for tablet in tablets:
        tablet.server = made
    yield cast, made, tablets
    made.close()


def test_a_server_killed_in_mid_ingest_loses_nothing_that_it_acknowledged(
    remote: tuple[Cast, Remote, list[Tablet]],
):
    cast, server, tablets = remote
    chance = random.Random(7)
    acknowledged: list[bytes] = []
    files: set[bytes] = set()
    backlogs: dict[str, list[bytes]] = {tablet.id: [] for tablet in tablets}
    made = {tablet.id: [] for tablet in tablets}
    for _ in range(CYCLES):
        server.start()
        senders = []
        for tablet in tablets:
            fresh = [tablet.next(sealed(f"{tablet.id} photo")) for _ in range(30)]
            made[tablet.id] += fresh
            backlogs[tablet.id] += fresh
            senders.append(Sender(tablet, backlogs[tablet.id], chance.randrange(1, 12)))
        for sender in senders:
            sender.start()
        chance.choice(senders).reached.wait()
        server.kill()
        for sender in senders:
            sender.join()
            acknowledged += sender.acknowledged
            files |= set(sender.files)
            backlogs[sender.tablet.id] = backlogs[sender.tablet.id][len(sender.acknowledged) :]
    server.start()
    leaves = Console(server, cast.keys).leaves()
    assert len(acknowledged) > CYCLES
    assert set(acknowledged) <= set(leaves)
    assert len(set(leaves)) == len(leaves)
    for tablet in tablets:
        mine = [leaf for leaf in leaves if leaf in set(made[tablet.id])]
        assert mine == made[tablet.id][: len(mine)]
    verifier = LogVerifier.from_text(cast.log)
    note = server.send("GET", protocol.LOG_CHECKPOINT).body
    seen = verify_checkpoint(note, verifier.name, verifier.key, origin=verifier.name)
    whole = Tree(leaf_hash(leaf) for leaf in leaves)
    assert (seen.size, seen.root) == (whole.size, whole.root_at(whole.size))
    for photo in files:
        answer = Console(server, cast.keys).ask("GET", protocol.blob_path(name(photo)))
        assert answer.body == photo
    server.kill(signal.SIGTERM)


def test_a_real_server_answers_and_stops_when_told(remote: tuple[Cast, Remote, list[Tablet]]):
    cast, server, (tablet, _) = remote
    server.start()
    hello = server.send("GET", protocol.HELLO)
    assert (hello.status, hello.json["time_ms"]) == (200, NOON)
    assert "server" not in hello.headers
    photo = sealed("big", 3_000_000)
    envelope = tablet.next(photo)
    assert tablet.statuses(envelope) == ["awaiting-blobs"]
    from tests.server.test_uploads import add, begin, offset

    path = begin(tablet, photo).headers["location"]
    for start in range(0, len(photo), 1 << 20):
        assert offset(tablet, path) == start
        assert add(tablet, path, start, photo[start : start + (1 << 20)]).status == 204
    assert list(tablet.receipts(envelope)) == [name(envelope)]
    whole = Console(server, cast.keys).ask("GET", protocol.blob_path(name(photo)))
    assert whole.body == photo
    server.kill(signal.SIGTERM)


def test_a_line_that_breaks_in_the_middle_of_a_piece_costs_that_piece_alone(
    remote: tuple[Cast, Remote, list[Tablet]],
):
    _cast, server, (tablet, _) = remote
    server.start()
    photo = sealed("big", 900_000)
    tablet.statuses(tablet.next(photo))
    from tests.server.test_uploads import add, begin, offset

    path = begin(tablet, photo).headers["location"]
    assert add(tablet, path, 0, photo[:300_000]).status == 204
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 600000\r\nUpload-Offset: 300000\r\n"
        f"Content-Type: {protocol.TUS_CHUNK_TYPE}\r\n"
        f"Authorization: {tablet.authorization('PATCH', path, photo[300_000:])}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(head.encode() + photo[300_000:650_000])
    assert offset(tablet, path) == 300_000
    assert add(tablet, path, 300_000, photo[300_000:]).status == 204
    server.kill(signal.SIGTERM)
