"""Who is known here: the office by its statements, devices by certificates in the log, and who was revoked.

* Only the root that signed the first statement can replace it, by one of a higher version. Earlier statements
  are kept, because a log is refilled with the certificates of its time.
* A key that is not certified is nobody's; a revoked one is known still, so that what it sends can be set
  aside.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, insert, select, update

from inspector.errors import (
    CertificateInvalidError,
    OfficeFolderError,
    OfficeNotAdoptedError,
    RequestUnknownError,
)
from inspector.server.schema import keys, revocations, statements
from inspector.trust.certificates import Certificate, HolderKind, Revocation
from inspector.trust.keys import VerifyKey
from inspector.trust.statement import OfficeStatement, verify_statement, verify_successor


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Up to where the deliveries of a revoked key count."""

    last_seq: int
    last_sha256: str

    def admits(self, seq: int, sha256: str) -> bool:
        """Whether delivery `seq` with this hash is among those that count."""
        return 0 < seq < self.last_seq or (seq, sha256) == (self.last_seq, self.last_sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKey:
    """A certified key of a device.

    Attributes:
        limit: None while the key is not revoked.
    """

    device: str
    key: VerifyKey
    limit: Limit | None


class Register:
    """The register of one tenant."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def adopt(self, connection: Connection, envelope: bytes, log: str) -> OfficeStatement:
        """Store a statement, the first one or the successor of the one in force.

        Args:
            log: this server's log verifier string, which the statement must name.

        Raises:
            OfficeFolderError: it is for another tenant or another log.
            RootMismatchError, OfficeStatementOlderError, CertificateInvalidError: it may not follow the one
                in force.
            TrustError, FormatError: it is no statement.
        """
        statement = verify_statement(envelope, None)
        if statement.tenant != self._tenant:
            raise OfficeFolderError(reason="声明属于另一个办公室")
        if statement.log.text != log:
            raise OfficeFolderError(reason="声明中的日志公钥不是这台服务器的")
        known = self.history(connection)
        if known:
            verify_successor(statement, known[0])
            if statement == known[0]:
                return statement
        connection.execute(
            insert(statements).values(tenant=self._tenant, version=statement.version, content=envelope)
        )
        return statement

    def statement_bytes(self, connection: Connection) -> bytes:
        """The envelope of the statement in force.

        Raises:
            OfficeNotAdoptedError: there is none yet.
        """
        found = self._envelopes(connection)
        if not found:
            raise OfficeNotAdoptedError()
        return found[0]

    def statement(self, connection: Connection) -> OfficeStatement:
        """The statement in force.

        Raises:
            OfficeNotAdoptedError: there is none yet.
        """
        return _statement(self.statement_bytes(connection))

    def history(self, connection: Connection) -> tuple[OfficeStatement, ...]:
        """All statements, the one in force first."""
        return tuple(map(_statement, self._envelopes(connection)))

    def device_keys(self, connection: Connection, key_ids: Collection[str]) -> Mapping[str, DeviceKey]:
        """Those of `key_ids` that are certified for a device."""
        query = (
            select(
                keys.c.key_id,
                keys.c.device,
                keys.c.public,
                revocations.c.last_seq,
                revocations.c.last_sha256,
            )
            .outerjoin_from(
                keys,
                revocations,
                (revocations.c.tenant == keys.c.tenant) & (revocations.c.key_id == keys.c.key_id),
            )
            .where(keys.c.tenant == self._tenant, keys.c.key_id.in_(list(key_ids)))
        )
        return {
            key_id: DeviceKey(
                device=device,
                key=_verify_key(public),
                limit=None if last_seq is None else Limit(last_seq=last_seq, last_sha256=last_sha256),
            )
            for key_id, device, public, last_seq, last_sha256 in connection.execute(query)
        }

    def position_of(self, connection: Connection, key_id: str) -> int:
        """Where in the log the certificate of a device key stands.

        Raises:
            RequestUnknownError: no such key.
        """
        query = select(keys.c.position).where(keys.c.tenant == self._tenant, keys.c.key_id == key_id)
        position = connection.execute(query).scalar_one_or_none()
        if position is None:
            raise RequestUnknownError(what="密钥")
        return int(position)

    def knows_device(self, connection: Connection, device: str) -> bool:
        """Whether any key is certified for `device`."""
        query = select(keys.c.key_id).where(keys.c.tenant == self._tenant, keys.c.device == device)
        return connection.execute(query.limit(1)).first() is not None

    def certify(self, connection: Connection, certificate: Certificate, position: int) -> None:
        """Take in a verified certificate at its place in the log.

        Raises:
            CertificateInvalidError: the key belongs to another device.
        """
        if certificate.kind is not HolderKind.DEVICE:
            return
        key_id = certificate.key.key_id
        known = self.device_keys(connection, [key_id]).get(key_id)
        if known is None:
            connection.execute(
                insert(keys).values(
                    tenant=self._tenant,
                    key_id=key_id,
                    device=certificate.id,
                    public=certificate.key.text,
                    position=position,
                )
            )
        elif known.device != certificate.id:
            raise CertificateInvalidError(reason="同一把密钥发给了两个持有者")

    def revoke(self, connection: Connection, revocation: Revocation, position: int) -> None:
        """Take in a verified revocation; of several, the one that leaves least valid counts."""
        where = (revocations.c.tenant == self._tenant) & (revocations.c.key_id == revocation.key_id)
        limit = {
            "last_seq": revocation.last_good_seq,
            "last_sha256": revocation.last_good_sha256,
            "position": position,
        }
        known = connection.execute(select(revocations.c.last_seq).where(where)).scalar_one_or_none()
        if known is None:
            row = {"tenant": self._tenant, "key_id": revocation.key_id} | limit
            connection.execute(insert(revocations).values(**row))
        elif revocation.last_good_seq < known:
            connection.execute(update(revocations).where(where).values(**limit))

    def _envelopes(self, connection: Connection) -> tuple[bytes, ...]:
        query = (
            select(statements.c.content)
            .where(statements.c.tenant == self._tenant)
            .order_by(statements.c.version.desc())
        )
        return tuple(bytes(content) for content in connection.execute(query).scalars())


# Checking a point and a signature takes longer than everything else about a request, and the answer never
# changes.
@lru_cache(maxsize=4096)
def _verify_key(public: str) -> VerifyKey:
    return VerifyKey.from_text(public)


@lru_cache(maxsize=64)
def _statement(envelope: bytes) -> OfficeStatement:
    return verify_statement(envelope, None)
