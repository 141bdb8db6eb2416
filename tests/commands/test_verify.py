"""`inspector verify` as a command: its words, its JSON, its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from inspector.__main__ import main
from inspector.commands import verify
from inspector.settings import APP_FOLDER
from tests.notices import samples, sealing
from tests.work import test_verify as look
from tests.work.test_bundle import bundle_of

ROOT = look.OFFICE.statement.fingerprint


@pytest.fixture
def files(tmp_path):
    (tmp_path / "identity.txt").write_text(look.OFFICE.identity + "\n")
    _, entry = look.OFFICE.sealed()
    body = entry.delivery.body
    content = {
        "tablet.pdf": look.order(),
        "copy.pdf": sealing.sealed(look.order(), look.office_key()),
        "other-build.pdf": look.rewritten(look.earlier(), look.a_line_more),
        "changed.pdf": look.rewritten(look.order(), look.two_texts_less),
        "code.txt": look.token_for(samples.ORDER).encode() + b"\n",
        "bundle.zip": look.write_bundle(bundle_of(look.OFFICE)),
        "record.age": body if isinstance(body, bytes) else look.OFFICE.box.blobs[body.sha256],
        "record.json": look.OFFICE.examiner.open_entry(
            entry.envelope, head=look.sealing_head(), index=2, arrived_ms=samples.NOON
        ).inner,
        "unknown.bin": b"\x00\x01\x02",
    }
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def said(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(["verify", *arguments])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_every_kind_of_file_is_genuine_when_given_together(files, capsys):
    names = ("tablet.pdf", "copy.pdf", "code.txt", "bundle.zip", "record.age", "record.json")
    paths = [str(files / name) for name in names]
    code, out, err = said(capsys, *paths, "--root", ROOT, "--identity", str(files / "identity.txt"))
    assert (code, err) == (0, "")
    assert out.count("【真实有效】") == len(names)
    assert "纸面上应写明" in out
    assert not any(word.isascii() and word.isalpha() and len(word) > 4 for word in out.split())


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("tablet.pdf", ("--root", ROOT), 0),
        ("changed.pdf", ("--root", ROOT), 1),
        ("tablet.pdf", (), 3),
        ("unknown.bin", ("--root", ROOT), 4),
        ("missing.pdf", ("--root", ROOT), 4),
        ("record.age", ("--root", ROOT), 4),
        ("other-build.pdf", ("--root", ROOT), 5),
    ],
)
def test_each_outcome_has_its_exit_code(files, capsys, name, arguments, expected):
    code, _, err = said(capsys, str(files / name), *arguments)
    assert code == expected
    assert bool(err) == (expected == 4)


def test_the_gravest_of_several_outcomes_is_the_exit_code(files, capsys):
    paths = [str(files / name) for name in ("tablet.pdf", "unknown.bin", "changed.pdf")]
    assert said(capsys, *paths, "--root", ROOT)[0] == 1
    assert said(capsys, *paths[:2], "--root", ROOT)[0] == 4


def test_the_json_keeps_its_documented_shape(files, capsys):
    names = ("tablet.pdf", "unknown.bin", "code.txt")
    _, out, _ = said(capsys, *(str(files / name) for name in names), "--root", ROOT, "--json")
    found = {one["file"]: one for one in map(json.loads, out.splitlines())}
    assert set(found["tablet.pdf"]) == {"v", "file", "what", "verdict", "root", "lines", "paper"}
    assert all(set(one) == {"good", "sure", "words"} for one in found["tablet.pdf"]["lines"])
    assert all(set(one) == {"label", "text"} for one in found["tablet.pdf"]["paper"])
    assert found["tablet.pdf"]["verdict"] == found["code.txt"]["verdict"] == "genuine"
    assert (found["unknown.bin"]["verdict"], found["unknown.bin"]["code"]) == (
        "unreadable",
        "verify.unknown-file",
    )
    documented = (APP_FOLDER / "docs" / "formats" / "verify.md").read_text("utf-8")
    for word in (*found["tablet.pdf"], *verify.EXIT, "unreadable", "code"):
        assert f"`{word}`" in documented


def test_help_and_readme_name_every_exit_code(capsys):
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    helped = capsys.readouterr().out
    readmes = [(APP_FOLDER / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")]
    for code in verify.GRAVITY:
        assert f"\n  {code}  " in helped
        for text in readmes:
            row = next(line for line in text.splitlines() if "inspector verify" in line and "|" in line)
            assert f" {code} " in row


def test_the_tablets_notices_verify_where_pyhanko_is_not_installed(files):
    """Only an office's copy asks for it, and then it is named."""
    program = (
        "import sys; sys.modules['pyhanko'] = None; from inspector.__main__ import main;"
        "sys.exit(main(sys.argv[1:]))"
    )
    for name, expected in (("tablet.pdf", 0), ("copy.pdf", 4)):
        done = subprocess.run(
            [sys.executable, "-c", program, "verify", str(files / name), "--root", ROOT],
            capture_output=True, check=False, cwd=APP_FOLDER,
        )  # fmt: skip
        assert done.returncode == expected, done.stderr.decode()
    assert "pyHanko" in done.stderr.decode()
