"""The shape of the tree: which way imports point, how large things are, what they are called."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = sorted((ROOT / "inspector").rglob("*.py"))
SHIPPED = [*PRODUCT, *sorted((ROOT / "bench").glob("*.py")), ROOT / "main.py"]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base"}
MODULE_CEILING, BODY_CEILING = 400, 40
FUNCTION_CEILING = 60
"""From `def` to the end, with the docstring and all that is nested; it binds a screen's component as well."""
ENVIRONMENT_READERS = {"settings.py"}
CATCH_ALL_ROOTS = {"app.py", "api.py", "guard.py"}  # the last: of every rendering of a window
CATCH_ALL_EDGES = {"pades_check.py"}  # pyHanko lets through whatever a library under it ends with

Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_migration(path: Path) -> bool:
    """Long because it lists, without logic, what a database became."""
    return "versions" in path.parts


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    return f"{path.relative_to(ROOT)}" + (f":{node.lineno}" if isinstance(node, ast.stmt | ast.expr) else "")


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, Function))


def all_lines(function: Function) -> int:
    """Lines from `def` to the last, nothing left out."""
    return function.end_lineno - function.lineno + 1


def body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the last; a nested function is its own body."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    nested = sum(
        node.end_lineno - node.lineno + 1
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, Function)
    )
    return body[-1].end_lineno - body[0].lineno + 1 - nested


@pytest.fixture(scope="module", autouse=True)
def _forget_the_trees() -> Iterator[None]:
    yield
    tree_of.cache_clear()


def dotted(node: ast.expr) -> str:
    """`a.b.c`; empty for anything but names."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def test_imports_point_downwards_only():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_is_longer_than_its_ceiling():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SHIPPED}
    too_long = {
        place(path): length
        for path, length in lengths.items()
        if length > MODULE_CEILING and not is_migration(path)
    }
    assert too_long == {}


def test_no_function_is_longer_than_its_ceiling():
    long = [
        f"{place(path, function)} {function.name}: {all_lines(function)} lines"
        for path in SHIPPED
        if not is_migration(path)
        for function in functions(path)
        if all_lines(function) > FUNCTION_CEILING
    ]
    assert long == []


def test_no_function_body_is_longer_than_its_ceiling():
    long = [
        f"{place(path, function)} {function.name}: {body_lines(function)} lines"
        for path in SHIPPED
        if not is_migration(path)
        for function in functions(path)
        if body_lines(function) > BODY_CEILING
    ]
    assert long == []


def test_no_module_has_a_name_that_says_nothing():
    parts = {place(path) for path in SHIPPED if {path.stem, path.parent.name} & BANNED_NAMES}
    assert parts == set()


def test_every_module_says_what_lives_in_it():
    silent = [place(path) for path in SHIPPED + TESTS if not ast.get_docstring(tree_of(path))]
    assert silent == []


def test_no_test_sleeps_or_patches():
    banned = {"time.sleep", "patch", "mock.patch", "monkeypatch.setattr", "unittest.mock.patch"}
    found = [
        f"{place(path, node)} {dotted(node.func)}"
        for path in TESTS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and dotted(node.func) in banned
    ]
    found += [
        f"{place(path, node)} asyncio.sleep"
        for path in TESTS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and dotted(node.func) == "asyncio.sleep"
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]
    assert found == []


def test_no_test_is_skipped_or_expected_to_fail():
    marks = ("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail", "pytest.skip", "pytest.xfail",
             "pytest.importorskip")  # fmt: skip
    found = [
        f"{place(path, node)} {dotted(node)}"
        for path in TESTS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and dotted(node) in marks
    ]
    assert found == []


def test_only_the_settings_read_environment_and_clock():
    banned = {
        "os.environ", "os.getenv", "time.time", "time.time_ns", "datetime.now", "datetime.datetime.now",
        "datetime.utcnow", "datetime.today", "date.today", "datetime.date.today",
    }  # fmt: skip
    found = [
        f"{place(path, node)} {dotted(node)}"
        for path in PRODUCT
        if path.name not in ENVIRONMENT_READERS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and dotted(node) in banned
    ]
    assert found == []


def test_settings_are_read_by_the_programs_roots_only():
    found = [
        place(path, node)
        for path in PRODUCT
        if path.name not in {"app.py", "__main__.py", "demo.py", "settings.py"}
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.ImportFrom) and node.module == "inspector.settings")
        or (isinstance(node, ast.Import) and any(name.name == "inspector.settings" for name in node.names))
    ]
    assert found == []


def test_only_the_outermost_modules_and_one_edge_catch_everything():
    found = [
        place(path, node.body[0])
        for path in PRODUCT
        if path.name not in CATCH_ALL_ROOTS | CATCH_ALL_EDGES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or dotted(node.type) in {"Exception", "BaseException"})
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)  # tidies up, passes on
    ]
    assert found == []


def test_nothing_is_left_for_later():
    words = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error")
    found = [
        f"{place(path)} {word}"
        for path in SHIPPED + TESTS
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["server", "console"])
def test_the_packaged_tablet_leaves_out(folder: str):
    packaging = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["flet"]
    assert f"inspector/{folder}" in packaging["app"]["exclude"]
    assert (ROOT / "inspector" / folder).is_dir()


def test_the_packaged_tablet_has_its_entry_and_its_icon():
    packaging = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["flet"]
    assert (ROOT / packaging["app"]["path"] / f"{packaging['app']['module']}.py").is_file()
    assert (ROOT / "assets" / "icon.png").is_file()
    assert not {"assets", "checklists", "inspector"} & set(packaging["app"]["exclude"])


def test_the_packaged_tablet_asks_for_camera_pictures_and_position_and_for_no_more():
    packaging = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["flet"]
    assert packaging["product"] == "检查员"
    assert packaging["permissions"] == ["camera", "photo_library"]
    assert packaging["android"]["permission"] == {
        "android.permission.ACCESS_FINE_LOCATION": True,
        "android.permission.ACCESS_COARSE_LOCATION": True,
    }
    for system in ("ios", "macos"):
        for sentence in packaging[system]["info"].values():
            assert not sentence.isascii(), "the question that a person is asked"


def test_every_pin_is_an_exact_version_with_hashes():
    for name in ("tablet", "office", "dev"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        pinned = [at for at, line in enumerate(lines) if line and line[0].isalnum()]
        assert len(pinned) > 20
        for at in pinned:
            assert "==" in lines[at]
            assert "--hash=sha256:" in lines[at + 1], lines[at]


def test_the_sets_of_pins_agree_with_each_other():
    pins = {
        name: {
            line.split(" ")[0]
            for line in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
            if "==" in line and line[0].isalnum()
        }
        for name in ("tablet", "office", "dev")
    }
    assert pins["tablet"] < pins["office"] < pins["dev"]
