"""Key files: the office's private keys in one file under a passphrase.

* Tenant and purpose stand in the clear, to tell one file from another; both are bound to the secrets.
* The passphrase has ten characters or more and meets Scrypt at 128 MiB a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from inspector.domain.message_fields import MessageFields
from inspector.errors import KeyFileMalformedError, MessageMalformedError
from inspector.trust.age import recipient_of
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_text
from inspector.trust.statement import FORMAT, read_fields
from inspector.trust.strict_json import canonical, parse_object
from inspector.trust.vault import OFFICE_COST, Cost, new_passphrase_kek, passphrase_kek_for

_KIND = "inspector-key-file"
_MAX_KEYS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """The private keys of one post in the office.

    Attributes:
        tenant: whose keys.
        purpose: which post: `office` (the console's), `root`, `log`, `recovery`, …
        signing: Ed25519 keys by their duty: `issuing`, `feed`, …
        identities: age identities, the current one first and older ones after it.
        others: other secrets by name, such as the PDF key in PKCS #8.
    """

    tenant: str
    purpose: str
    signing: Mapping[str, SigningKey] = field(default_factory=dict)
    identities: tuple[str, ...] = field(default=(), repr=False)
    others: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def _secrets(self) -> bytes:
        return canonical(
            {
                "v": FORMAT,
                "signing": {name: base64_text(key.seed) for name, key in self.signing.items()},
                "identities": self.identities,
                "others": {name: base64_text(secret) for name, secret in self.others.items()},
            }
        )

    @classmethod
    def _from_secrets(cls, tenant: str, purpose: str, data: bytes) -> Self:
        fields = read_fields(parse_object(data), "密钥文件", "v signing identities others")
        identities = tuple(str(value) for value in fields.listing("identities", most=_MAX_KEYS))
        for identity in identities:
            recipient_of(identity)
        return cls(
            tenant=tenant,
            purpose=purpose,
            signing={name: SigningKey(seed) for name, seed in _octets(fields, "signing").items()},
            identities=identities,
            others=_octets(fields, "others"),
        )


def seal_key_file(keys: KeyFile, passphrase: str, *, cost: Cost = OFFICE_COST) -> bytes:
    """`keys` as a file under a passphrase that was chosen just now.

    Raises:
        SecretRefusedError: the passphrase is too short or too plain.
    """
    kek = new_passphrase_kek(passphrase, cost=cost)
    sealed = kek.wrap(keys._secrets(), _context(keys.tenant, keys.purpose))
    fields = {"kind": _KIND, "v": FORMAT, "tenant": keys.tenant, "purpose": keys.purpose}
    return canonical(fields | {"sealed": base64_text(sealed)}) + b"\n"


def open_key_file(data: bytes, passphrase: str) -> KeyFile:
    """The keys in a file.

    Raises:
        KeyFileMalformedError: not a key file, or its parameters are out of bounds.
        RecordTooNewError: a later format.
        SecretWrongError: wrong passphrase or altered bytes; which of them is not said.
    """
    try:
        fields = read_fields(parse_object(data), "密钥文件", "kind v tenant purpose sealed")
        tenant, purpose = fields.name("tenant"), fields.name("purpose")
        sealed = fields.octets("sealed")
        if fields.text("kind") != _KIND:
            raise fields.wrong("kind")
    except MessageMalformedError as error:
        raise KeyFileMalformedError(reason="不是密钥文件") from error
    secrets = passphrase_kek_for(sealed, passphrase).unwrap(sealed, _context(tenant, purpose))
    return KeyFile._from_secrets(tenant, purpose, secrets)


def _context(tenant: str, purpose: str) -> str:
    return f"{_KIND} {tenant} {purpose}"


def _octets(fields: MessageFields, name: str) -> dict[str, bytes]:
    value = fields.values[name]
    if not isinstance(value, Mapping):
        raise fields.wrong(name)
    entries = MessageFields.of(value, "密钥文件", "", " ".join(value))
    return {entry: entries.octets(entry) for entry in value}
