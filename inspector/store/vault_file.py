"""The vault's file as values: `from_bytes` refuses whatever does not follow `docs/formats/vault.md`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute

from inspector.domain.fields import Fields
from inspector.errors import KeyFileMalformedError, MessageMalformedError, RecordMalformedError
from inspector.trust.radix import base64_bytes, base64_text
from inspector.trust.strict_json import parse_object

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """Wrong PINs in a row.

    Attributes:
        wrong: how many, the one that is being tried included.
        wait_ms: what the last one costs.
        since_ms: the device's uptime when the wait began.
    """

    wrong: int = 0
    wait_ms: int = 0
    since_ms: int = 0

    def wait_left_ms(self, uptime_ms: int) -> int:
        """What is left of the wait. An uptime below `since_ms` is a restart: nothing has passed then."""
        return max(0, self.wait_ms - max(0, uptime_ms - self.since_ms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One inspector.

    Attributes:
        secret: name of the secret in the keystore.
        data_key, seed: both wrapped under the PIN and that secret.
    """

    secret: str
    data_key: bytes = attribute(repr=False)
    seed: bytes = attribute(repr=False)
    tries: Tries


@dataclass(frozen=True, slots=True, kw_only=True)
class Escrow:
    """The data key as an age file for these recipients of the office."""

    recipients: tuple[str, ...]
    wrap: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultFile:
    """All of it.

    Attributes:
        check: an empty file sealed under the data key: tells whether a key is this tablet's.
        entries: by the inspector's id.
    """

    check: bytes
    entries: Mapping[str, Entry]
    escrow: Escrow | None

    def with_entry(self, inspector: str, entry: Entry) -> VaultFile:
        """With this entry, new or replaced."""
        return replace(self, entries={**self.entries, inspector: entry})

    def without(self, inspector: str) -> VaultFile:
        """Without that inspector."""
        return replace(self, entries={id: entry for id, entry in self.entries.items() if id != inspector})


def to_bytes(file: VaultFile) -> bytes:
    """The file as it is written."""
    escrow = file.escrow
    value = {
        "v": FORMAT,
        "check": base64_text(file.check),
        "escrow": escrow and {"recipients": list(escrow.recipients), "wrap": base64_text(escrow.wrap)},
        "inspectors": [
            {
                "id": inspector,
                "secret": entry.secret,
                "data_key": base64_text(entry.data_key),
                "seed": base64_text(entry.seed),
                "wrong": entry.tries.wrong,
                "wait_ms": entry.tries.wait_ms,
                "since_ms": entry.tries.since_ms,
            }
            for inspector, entry in file.entries.items()
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def from_bytes(data: bytes) -> VaultFile:
    """The values in a vault's file.

    Raises:
        KeyFileMalformedError: it does not follow the format.
        RecordTooNewError: a later version wrote it.
    """
    try:
        with Fields(parse_object(data), "vault") as field:
            field.version(FORMAT)
            return VaultFile(
                check=base64_bytes(field.text("check")),
                entries=dict(field.listing("inspectors", _entry)),
                escrow=field.optional("escrow", _escrow),
            )
    except (MessageMalformedError, RecordMalformedError) as error:
        raise KeyFileMalformedError(reason="PIN 文件的格式不对") from error


def _entry(value: object) -> tuple[str, Entry]:
    with Fields(value, "inspector") as field:
        return field.text("id"), Entry(
            secret=field.text("secret"),
            data_key=base64_bytes(field.text("data_key")),
            seed=base64_bytes(field.text("seed")),
            tries=Tries(
                wrong=field.integer("wrong"),
                wait_ms=field.integer("wait_ms"),
                since_ms=field.integer("since_ms"),
            ),
        )


def _escrow(value: object) -> Escrow:
    with Fields(value, "escrow") as field:
        return Escrow(recipients=field.texts("recipients"), wrap=base64_bytes(field.text("wrap")))
