"""Every message about a file or a pack that an author can meet, found in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from inspector.catalog.workbook_archive import FAR_AWAY
from inspector.errors import (
    PackConflictError,
    PackForgedError,
    PackMissingError,
    PackOlderError,
    PackUnfitError,
)

PACKAGE = Path(__file__).resolve().parents[2] / "inspector"
CATALOG, PACKS = PACKAGE / "catalog", PACKAGE / "console" / "packs.py"
ON_TABLETS = (PackConflictError, PackForgedError, PackMissingError, PackOlderError, PackUnfitError)
BLANK = "…"

HANDED_ON = {
    ("amending.py", "what"), ("judging.py", "fault.what"), ("lint.py", "what"), ("xlsform.py", "fault.what"),
    ("tables.py", "what"), ("workbook_archive.py", "refused.what"), ("workbook_places.py", "retelling.what"),
    ("workbook_table.py", "what"), ("layers.py", "words"), ("item_table.py", "*fault"),
    ("xlsform_questions.py", "_REASONS.get(kind.lower().partition(' ')[0], _NOT_HERE)"),
}  # fmt: skip
"""Where a message passes through that is written elsewhere, or what is said is the rule of another."""

Values = dict[str, list[ast.expr]]
NAMED: Values = {"FAR_AWAY": [ast.Constant(FAR_AWAY)]}
"""Messages that have a name of their own."""


def words_of(node: ast.expr, values: Values) -> Iterator[str]:
    """The texts that an expression can be, with … for what is filled in."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            whole = [""]
            for part in parts:
                pieces = [part.value] if isinstance(part, ast.Constant) else filled(part, values)
                whole = [before + piece for before in whole for piece in pieces]
            yield from whole
        case ast.IfExp(body=body, orelse=orelse):
            yield from words_of(body, values)
            yield from words_of(orelse, values)
        case ast.Name(id=name):
            for value in values.get(name, []):
                yield from words_of(value, {**values, name: []})


def filled(part: ast.FormattedValue, values: Values) -> list[str]:
    """What a placeholder can be: the texts of a choice between two, else anything."""
    if isinstance(part.value, ast.IfExp):
        return [*words_of(part.value, values)]
    return [BLANK]


def told_in(path: Path) -> Iterator[tuple[ast.expr, list[str]]]:
    """Each expression that says what is wrong, and the messages that it can be."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        values: Values = dict(NAMED)
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                values.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            for expression in told(node, function):
                yield expression, [*words_of(expression, values)]


def told(node: ast.AST, function: ast.FunctionDef) -> Iterator[ast.expr]:
    """The expressions that say what is wrong: of a fault, of a refusal, of a doubt."""
    match node:
        case ast.Call(func=ast.Attribute(attr="fault" | "add"), args=[_, what, *_]):
            yield what
        case ast.Call(func=ast.Name(id="_Refused" | "Unsayable"), args=[what, *_]):
            yield what
        case ast.Return(value=ast.Tuple(elts=[what, _])) if function.name == "fault_of_reach":
            yield what
        case ast.Yield(value=ast.Tuple(elts=[what, _])) if function.name == "_doubts":
            yield what


def not_understood() -> list[tuple[str, str]]:
    """Places where something is said that could not be found out, and is not known to be handed on."""
    found = []
    for path in sorted(CATALOG.glob("*.py")):
        for expression, texts in told_in(path):
            place = (path.name, ast.unparse(expression))
            if not any(map(is_chinese, texts)) and place not in HANDED_ON:
                found.append(place)
    return found


def refusals() -> Iterator[str]:
    """Why the console does not publish."""
    for node in ast.walk(ast.parse(PACKS.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Name(id="PackRefusedError"), keywords=[ast.keyword(arg="reason", value=why)]
            ):
                yield from words_of(why, {})


def on_tablets() -> Iterator[str]:
    """What a tablet says of a pack that it did not take."""
    for error in ON_TABLETS:
        text = error.says
        while "{" in text:
            text = text[: text.index("{")] + BLANK + text[text.index("}") + 1 :]
        yield text


def messages() -> frozenset[str]:
    """All of them."""
    of_files = (text for path in CATALOG.glob("*.py") for _, texts in told_in(path) for text in texts)
    return frozenset(text for text in (*of_files, *refusals(), *on_tablets()) if is_chinese(text))


def is_chinese(text: str) -> bool:
    return any("一" <= char <= "鿿" for char in text)
