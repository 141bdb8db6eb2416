"""How this tablet looks and when it locks: small settings that are needed before anybody has unlocked it.

They lie readable beside the vault and hold nothing of a person. A file that cannot be read is worth nothing
more than the defaults; the next change replaces it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from inspector.store.files import REAL_FILES, Files, write_durably
from inspector.ui.theme import Scheme

LOCK_MINUTES = (2, 3, 5, 10, 15, 30)
"""What can be chosen; five at first."""


class TextSize(StrEnum):
    """How large everything is written."""

    NORMAL = "normal"
    LARGE = "large"
    LARGER = "larger"
    LARGEST = "largest"

    @property
    def scale(self) -> float:
        """Times the normal size."""
        return {"normal": 1.0, "large": 1.25, "larger": 1.5, "largest": 2.0}[self.value]

    @property
    def chinese(self) -> str:
        """The word in the settings."""
        return {"normal": "标准", "large": "大", "larger": "更大", "largest": "最大"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The settings of one tablet.

    Attributes:
        lock_minutes: of idleness after which it locks, 2 to 30.
    """

    scheme: Scheme = Scheme.LIGHT
    text: TextSize = TextSize.NORMAL
    lock_minutes: int = 5


def read_preferences(path: Path, *, files: Files = REAL_FILES) -> Preferences:
    """The settings in a file, or the defaults where it is missing or not to be understood."""
    if files.size(path) is None:
        return Preferences()
    try:
        found = json.loads(files.read(path))
        minutes = found["lock_minutes"]
        if minutes not in LOCK_MINUTES:
            return Preferences()
        return Preferences(scheme=Scheme(found["scheme"]), text=TextSize(found["text"]), lock_minutes=minutes)
    except (ValueError, KeyError, TypeError):
        return Preferences()


def write_preferences(path: Path, preferences: Preferences, *, files: Files = REAL_FILES) -> None:
    """Keep the settings, durably.

    Raises:
        StoreFullError, StoreUnavailableError: the old ones stay.
    """
    record = {
        "scheme": preferences.scheme.value,
        "text": preferences.text.value,
        "lock_minutes": preferences.lock_minutes,
    }
    write_durably(files, path, json.dumps(record).encode("utf-8"))
