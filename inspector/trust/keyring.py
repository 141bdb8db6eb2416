"""The keys that one office vouches for: whose they are, and what of theirs is still valid.

* A key is looked up by its id *and* by what its holder must be: a device's key is no inspector's.
* What a revoked device sent up to its last good delivery stays valid: that delivery's hash is in the
  revocation, and the chain binds every earlier one to it. So verify the chain as well.
* What a revoked person signed is judged by the log: its place is before or after the revocation's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Self

from inspector.errors import CertificateInvalidError, SignerRevokedError, SignerUnknownError
from inspector.trust.certificates import (
    Certificate,
    HolderKind,
    Revocation,
    verify_certificate,
    verify_revocation,
)
from inspector.trust.keys import VerifyKey
from inspector.trust.statement import OfficeStatement

_KEY_ID = re.compile(r"[0-9a-f]{32}")


class Keyring:
    """The keys that one office vouches for, from verified values.

    Args:
        statement: the office's current statement.
        certificates: in any order; a later one for the same key and holder replaces an earlier one.
        revocations: in any order; of several for one key, the one that leaves least valid counts.

    Raises:
        CertificateInvalidError: one key is certified for two holders.
    """

    __slots__ = ("_certificates", "_revocations", "statement")

    def __init__(
        self,
        statement: OfficeStatement,
        certificates: Iterable[Certificate] = (),
        revocations: Iterable[Revocation] = (),
    ) -> None:
        self.statement = statement
        self._certificates: dict[str, Certificate] = {}
        self._revocations: dict[str, Revocation] = {}
        for certificate in sorted(certificates, key=lambda each: each.issued_ms):
            known = self._certificates.setdefault(certificate.key.key_id, certificate)
            if (known.kind, known.id) != (certificate.kind, certificate.id):
                raise CertificateInvalidError(reason="同一把密钥发给了两个持有者")
            self._certificates[certificate.key.key_id] = certificate
        for revocation in sorted(revocations, key=lambda each: -each.last_good_seq):
            self._revocations[revocation.key_id] = revocation

    @classmethod
    def from_envelopes(
        cls, statement: OfficeStatement, certificates: Iterable[bytes], revocations: Iterable[bytes] = ()
    ) -> Self:
        """A keyring of envelopes, each verified under `statement`.

        Raises:
            TrustError, FormatError: as `verify_certificate` and `verify_revocation`, for any of them.
        """
        return cls(
            statement,
            [verify_certificate(envelope, statement) for envelope in certificates],
            [verify_revocation(envelope, statement) for envelope in revocations],
        )

    def find(self, key_id: str, kind: HolderKind) -> Certificate:
        """The certificate of a key, whether revoked or not.

        Raises:
            SignerUnknownError: no such key of this kind.
        """
        certificate = self._certificates.get(key_id)
        if certificate is None or certificate.kind is not kind:
            raise SignerUnknownError(key_id=key_id if _KEY_ID.fullmatch(key_id) else "编号不明")
        return certificate

    def current(self, key_id: str, kind: HolderKind) -> Certificate:
        """The certificate of a key that is good for anything new.

        Raises:
            SignerUnknownError: no such key of this kind.
            SignerRevokedError: it is revoked.
        """
        certificate = self.find(key_id, kind)
        if key_id in self._revocations:
            raise SignerRevokedError(key_id=key_id)
        return certificate

    def device_for(self, key_id: str, *, seq: int, sha256: str) -> Certificate:
        """The certificate of the device that signed delivery `seq`, whose envelope has the hash `sha256`.

        Raises:
            SignerUnknownError: no such device key.
            SignerRevokedError: it is revoked, and this delivery is not among those that stay valid.
        """
        certificate = self.find(key_id, HolderKind.DEVICE)
        revocation = self._revocations.get(key_id)
        if revocation is None or 0 < seq < revocation.last_good_seq:
            return certificate
        # Earlier deliveries are bound to this one by the chain, so its hash stands for all of them.
        if (seq, sha256) != (revocation.last_good_seq, revocation.last_good_sha256) or seq == 0:
            raise SignerRevokedError(key_id=key_id)
        return certificate

    def without_revocations(self) -> Self:
        """The same keys as if none were revoked: to read what is kept in quarantine, never to rely on it."""
        return type(self)(self.statement, self._certificates.values())

    def holder(self, holder_id: str, kind: HolderKind) -> tuple[Certificate, ...]:
        """All certificates of one holder, oldest first."""
        found = (self._certificates[key_id] for key_id in self._certificates)
        return tuple(each for each in found if each.id == holder_id and each.kind is kind)

    def holders(self, kind: HolderKind) -> Mapping[str, Certificate]:
        """The newest certificate of every holder of this kind by the holder's id, revoked or not."""
        newest = sorted(self._certificates.values(), key=lambda each: each.issued_ms)
        return {each.id: each for each in newest if each.kind is kind}

    def keys(self, kind: HolderKind) -> Mapping[str, VerifyKey]:
        """Keys of this kind that are not revoked, by id, as `dsse.verify` takes them."""
        return {
            key_id: certificate.key
            for key_id, certificate in self._certificates.items()
            if certificate.kind is kind and key_id not in self._revocations
        }
