"""The whole way once: four inspections without network, over real HTTP to the office, read back by strangers.

The demo runs once for this module, in three processes and three folders; every test looks at what it left.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.demo import samples

WORDS = (
    *(one.name for one in samples.ENTERPRISES),
    *(one.address for one in samples.ENTERPRISES),
    *(person.name for person in samples.PEOPLE),
    *(person.number for person in samples.PEOPLE),
    "样例负责人",
    "样例见证人",
    "样例平板一号",
    "对结论有异议",
)


def inspector(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "inspector", *arguments],
        capture_output=True,
        check=check,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> tuple[Path, dict]:
    out = tmp_path_factory.mktemp("demo") / "out"
    done = inspector("demo", "--headless", "--out", str(out), check=False)
    assert done.returncode == 0, done.stderr.decode()
    return out, json.loads(done.stdout)


def test_four_domains_were_inspected_offline_each_with_failures_and_photos(demo):
    _, summary = demo
    assert [one["enterprise"] for one in summary["inspections"]] == [
        v.enterprise.name for v in samples.VISITS
    ]
    assert all(one["findings"] >= 2 and one["photos"] >= 2 for one in summary["inspections"])
    assert all("样例" in one["enterprise"] for one in summary["inspections"])
    assert summary["exchanges"][0]["stopped"] == "office.unreachable"


def test_everything_arrived_was_acknowledged_and_raised_no_alarm(demo):
    _, summary = demo
    sent = sum(one["sent"] for one in summary["exchanges"])
    assert sent == sum(one["received"] for one in summary["exchanges"]) == len(summary["files"]["records"])
    assert sum(one["acknowledged"] for one in summary["exchanges"]) == sent
    assert not any(one["alarms"] for one in (*summary["exchanges"], *summary["passes"]))


def test_one_record_was_returned_and_answered_by_a_new_one(demo):
    _, summary = demo
    assert summary["records"]["answered"] == 1
    assert summary["records"]["accepted"] == len(samples.VISITS)
    assert len(summary["corrected"]) == 1
    assert summary["returned"]["items"]


def test_the_stock_age_command_opens_every_record_and_photo_with_the_office_identity(demo):
    out, summary = demo
    records = summary["files"]["records"]
    for name in (*records, *summary["files"]["photos"]):
        opened = subprocess.run(
            ["age", "-d", "-i", str(out / "office-identity.txt"), str(out / name)],
            capture_output=True,
            check=True,
        ).stdout
        if name in records:
            assert "payload" in json.loads(opened)
        else:
            assert opened.startswith((b"\xff\xd8", b"%PDF-"))


def test_inspector_opens_what_age_sealed(demo, tmp_path):
    out, _ = demo
    identity = tmp_path / "identity"
    made = subprocess.run(
        ["age-keygen", "-o", str(identity)], capture_output=True, check=True
    ).stderr.decode()
    recipient = made.split()[-1]
    sealed = subprocess.run(
        ["age", "-r", recipient], input="密文".encode(), capture_output=True, check=True
    ).stdout
    (tmp_path / "x.age").write_bytes(sealed)
    assert inspector("open", str(tmp_path / "x.age"), "-i", str(identity)).stdout == "密文".encode()
    wrong = inspector("open", str(tmp_path / "x.age"), "-i", str(out / "office-identity.txt"), check=False)
    assert wrong.returncode == 1
    assert wrong.stderr.decode().strip()


def test_the_bundle_and_each_notice_verify_without_a_network(demo):
    out, summary = demo
    root = summary["office"]["root"]
    pdfs = sorted(out.glob("notices/*.pdf"))
    identity = str(out / "office-identity.txt")
    files = [str(file) for file in (out / "bundle.zip", *pdfs)]
    done = inspector("verify", *files, "--root", root, "--identity", identity, "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["file"] for one in found] == [Path(file).name for file in files]
    assert {one["verdict"] for one in found} == {"genuine"}, found
    assert len(pdfs) == 2 * (len(samples.VISITS) + 1)
    unknown = inspector("verify", str(pdfs[0]), check=False)
    assert unknown.returncode == 3
    assert "签发机关未知" in unknown.stdout.decode()


def test_a_notice_says_what_was_found_and_its_code_verifies(demo, tmp_path):
    out, summary = demo
    order = next(n for n in summary["inspections"][0]["notices"] if n["kind"] == "rectify-order")
    pdf = out / order["pdf"]
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True
    ).stdout.decode()
    for words in (
        "责令限期整改指令书",
        order["number"],
        samples.VISITS[0].enterprise.name,
        "第1页",
        "样例市人民法院",
    ):
        assert words in text.replace(" ", "")
    subprocess.run(["qpdf", "--check", str(pdf)], capture_output=True, check=True)
    subprocess.run(["pdftoppm", "-r", "200", "-png", str(pdf), str(tmp_path / "page")], check=True)
    pages = sorted(map(str, tmp_path.glob("page*.png")))
    codes = (
        subprocess.run(["zbarimg", "-q", "--raw", *pages], capture_output=True, check=False)
        .stdout.decode()
        .split()
    )
    assert len(codes) == 1
    root = summary["office"]["root"]
    done = inspector("verify", str(pdf), "--root", root, "--code", codes[0], "--json")
    assert json.loads(done.stdout)["verdict"] == "genuine"
    forged = codes[0][:-6] + ("AAAAAA" if not codes[0].endswith("AAAAAA") else "BBBBBB")
    assert inspector("verify", str(pdf), "--root", root, "--code", forged, check=False).returncode == 1


def test_whoever_holds_the_server_reads_nothing(demo):
    out, _ = demo
    found = []
    for path in (out / "programs" / "office").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found += [(path.name, word) for word in WORDS if _holds(data, word)]
    log = (out / "programs" / "logs" / "office.log").read_bytes()
    assert found == []
    assert not any(_holds(log, word) for word in WORDS)


def test_the_console_keeps_nothing_readable_on_disk(demo):
    out, _ = demo
    files = [path for path in (out / "programs" / "console").rglob("*") if path.is_file()]
    assert files
    assert [(p.name, w) for p in files for w in WORDS if _holds(p.read_bytes(), w)] == []


def test_the_tablet_shows_only_its_inspectors_names_without_a_pin(demo):
    out, _ = demo
    names = {person.name for person in samples.PEOPLE}
    found = {
        (path.name, word)
        for path in (out / "programs" / "tablet").rglob("*")
        if path.is_file()
        for word in WORDS
        if _holds(path.read_bytes(), word)
    }
    assert {word for _, word in found} <= names
    assert {name for name, _ in found} <= {"people.json"}


def test_no_private_key_lies_in_two_programs_folders(demo):
    out, _ = demo
    folders = [out / "programs" / name for name in ("office", "console", "tablet")]
    private = ("*.keys", "*.key", "vault.json", "accounts.json", "recovery.txt", "root.keys", "*.pem")
    files = [{p for pattern in private for p in folder.rglob(pattern)} for folder in folders]
    digests = [{sha256(path.read_bytes()).hexdigest() for path in group} for group in files]
    assert not digests[0] & digests[1] and not digests[1] & digests[2] and not digests[0] & digests[2]
    identity = (out / "office-identity.txt").read_bytes().strip()
    secrets = [identity, (out / "programs" / "safe" / "recovery.txt").read_bytes().strip()]
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                assert not any(secret in path.read_bytes() for secret in secrets)


def _holds(data: bytes, word: str) -> bool:
    """Whether a word is there in UTF-8, UTF-16 or as JSON escapes."""
    escaped = json.dumps(word).strip('"').encode()
    return any(form in data for form in (word.encode(), word.encode("utf-16-le"), escaped))
