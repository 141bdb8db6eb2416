"""Every identifier that a screen's source gives to a control; `…` in it stands for an id or a prefix."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("inspector/tablet", "inspector/console")
SHARED = ("inspector/ui/fonts_card.py", "inspector/ui/pages_dialog.py")
"""Cards that both programs show."""
NAMING = frozenset(
    [
        *(
            "identified",
            "Semantics",
            "confirm",
            "keypad",
            "text_field",
            "choice_chips",
            "big_verdict_buttons",
        ),
        *(
            "primary_button",
            "secondary_button",
            "quiet_button",
            "icon_button",
            "danger_button",
            "pick_button",
            "file_button",
        ),
        *(
            "signature_pad",
            "photo_taker",
            "photo_strip",
            "choosable_photos",
            "photo_viewer",
            "item_photos",
            "written",
        ),
        *("NewMemberForm", "NewPin", "_block", "_warning"),
    ]
)
"""What takes an identifier among its first arguments."""

_FORM = re.compile(r"[a-z…][a-z0-9.…-]*[.-][a-z0-9.…-]+")


def names_in(path: Path) -> frozenset[str]:
    """The identifiers of one source file."""
    tree = ast.parse(path.read_text("utf-8"))
    known = _constants(tree)
    found = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if called in NAMING:
            given = [*call.args[:3], *(one.value for one in call.keywords if one.arg == "identifier")]
            found |= {name for one in given if (name := _name(one, known)) and _FORM.fullmatch(name)}
    return frozenset(found)


def all_names() -> frozenset[str]:
    """The identifiers of all screens."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return frozenset().union(*map(names_in, [*paths, *(ROOT / path for path in SHARED)]))


def _constants(tree: ast.Module) -> dict[str, str]:
    known: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("inspector.console.screens."):
            path = ROOT / f"{str(node.module).replace('.', '/')}.py"
            theirs = _constants(ast.parse(path.read_text("utf-8")))
            known |= {one.asname or one.name: theirs[one.name] for one in node.names if one.name in theirs}
        if isinstance(node, ast.Assign) and (value := _name(node.value, {})) is not None:
            known |= {one.id: value for one in node.targets if isinstance(one, ast.Name)}
    return known


def _name(node: ast.expr, known: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            value = part.value if isinstance(part, ast.FormattedValue) else part
            parts.append(known.get(value.id, "…") if isinstance(value, ast.Name) else "…")
    return "".join(parts)
