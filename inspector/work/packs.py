"""Packs: an office's whole catalogue at one moment, versioned, signed by an account, delivered in parts.

* The manifest is small and signed; the content is bytes that the manifest names by their SHA-256.
* Whoever takes a pack in verifies the manifest and the content's hash, and reads the content as strictly as
  files: a pack is used whole or not at all.
* `docs/formats/pack.md` describes both.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import total_ordering
from hashlib import sha256

from inspector.catalog import Catalogue
from inspector.catalog.content import Content
from inspector.catalog.layers import catalogue_of
from inspector.domain.fields import Fields
from inspector.domain.identifiers import check_sha256
from inspector.domain.inspection import ChecklistRef
from inspector.errors import (
    ChecklistFaultsError,
    FormatError,
    PackForgedError,
    PackUnfitError,
    RecordTooNewError,
    TrustError,
)
from inspector.trust import dsse
from inspector.trust.account_signature import verify_by_account
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_bytes, base64_text
from inspector.trust.statement import OfficeStatement
from inspector.trust.strict_json import canonical, parse_object

PACK_TYPE = "application/vnd.inspector.pack.v1+json"
FORMAT = 1

NO_PACK = "0" * 64
"""The `previous` of an office's first pack."""

CONTENT_CAP = 6 * 1024 * 1024
"""Bytes of a content as JSON: six times the catalogue that ships."""
PART_BYTES = 256 * 1024
"""Of the deflated content in one message, which grows by seven tenths until it is on the wire."""
MAX_PARTS = 12


@total_ordering
@dataclass(frozen=True, slots=True, kw_only=True)
class PackVersion:
    """`2026.3`: the third of its year."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}.{self.number}"

    def __lt__(self, other: PackVersion) -> bool:
        return (self.year, self.number) < (other.year, other.number)

    @classmethod
    def parse(cls, text: str) -> PackVersion:
        """The reverse of `str`.

        Raises:
            PackForgedError: it is no version.
        """
        year, _, number = text.partition(".")
        if not (year.isascii() and year.isdigit() and number.isascii() and number.isdigit()):
            raise PackForgedError(reason="版本号读不懂")
        found = cls(year=int(year[:4]), number=int(number[:4]))
        if str(found) != text or found.number < 1:
            raise PackForgedError(reason="版本号读不懂")
        return found

    @classmethod
    def after(cls, last: PackVersion | None, *, year: int) -> PackVersion:
        """The next one, in a year."""
        if last is None or last.year < year:
            return cls(year=year, number=1)
        return replace(last, number=last.number + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRef:
    """A layer that a pack was made with; `level` is a word of `Level`."""

    id: str
    title: str
    level: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Eased:
    """Something that passes with this pack and did not without it, and why."""

    checklist: str
    item: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an account signs of a pack.

    Attributes:
        previous: SHA-256 of the content of the office's pack before it, or `NO_PACK`.
        content: SHA-256 of the content's canonical JSON, `size` bytes of it.
        account: id of the account that published it; `by` is its login.
    """

    tenant: str
    version: PackVersion
    previous: str
    content: str
    size: int
    layers: tuple[LayerRef, ...]
    checklists: tuple[ChecklistRef, ...]
    eased: tuple[Eased, ...]
    account: str
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedManifest:
    """A manifest, its account's signature, and that account's certificate."""

    manifest: Manifest
    envelope: bytes
    certificate: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPart:
    """One message's share of a pack: the manifest, and a piece of the deflated content; `part` is from 1."""

    signed: SignedManifest
    part: int
    parts: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A content as it lies on disk and travels."""

    deflated: bytes
    sha256: str
    size: int


def packed(content: Content) -> Packed:
    """The one form of a content: canonical JSON, named by its hash, deflated."""
    data = canonical({"v": FORMAT, **content.to_json()})
    return Packed(deflated=zlib.compress(data, 9), sha256=sha256(data).hexdigest(), size=len(data))


def refs_of(catalogue: Catalogue) -> tuple[ChecklistRef, ...]:
    """The checklists of a catalogue as inspections name them, by id."""
    found = [
        ChecklistRef(id=one.id, version=one.version, title=one.title, sha256=one.digest)
        for one in catalogue.checklists
    ]
    return tuple(sorted(found, key=lambda ref: ref.id))


def unpacked(deflated: bytes, name: str) -> Content:
    """The content that is named by a SHA-256.

    Raises:
        PackForgedError: these bytes are something else.
        PackUnfitError: a later program wrote them.
    """
    data = _inflated(deflated)
    if sha256(data).hexdigest() != name:
        raise PackForgedError(reason="内容与签名的摘要不符")
    try:
        with Fields(parse_object(data, max_bytes=CONTENT_CAP), "pack") as field:
            field.version(FORMAT)
            return Content.from_json(field.raw("laws"), field.listing("checklists", lambda one: one))
    except RecordTooNewError as error:
        raise PackUnfitError(version=name[:12], reason="格式更新") from error
    except FormatError as error:
        raise PackForgedError(reason=error.message.rstrip("。")) from error


def open_pack(manifest: Manifest, deflated: bytes) -> Catalogue:
    """The catalogue of a pack, once its bytes and everything in them are what the manifest says.

    Raises:
        PackForgedError: the content is not the one that was signed.
        PackUnfitError: this program cannot read all of it.
    """
    content = unpacked(deflated, manifest.content)
    try:
        catalogue = catalogue_of(content, name=f"检查表包 {manifest.version}")
    except ChecklistFaultsError as error:
        reason = f"{error.facts['count']} 处问题，第一处：{error.facts['first']}".rstrip("。")
        raise PackUnfitError(version=str(manifest.version), reason=reason) from error
    if refs_of(catalogue) != manifest.checklists:
        raise PackForgedError(reason="内容与清单所列的检查表不符")
    return catalogue


def parts_of(signed: SignedManifest, deflated: bytes) -> tuple[PackPart, ...]:
    """The pack in pieces that messages can carry."""
    pieces = [deflated[at : at + PART_BYTES] for at in range(0, len(deflated), PART_BYTES)]
    return tuple(
        PackPart(signed=signed, part=number, parts=len(pieces), data=piece)
        for number, piece in enumerate(pieces, 1)
    )


def sign_manifest(manifest: Manifest, *, key: SigningKey, certificate: bytes) -> SignedManifest:
    """A manifest under its account's key."""
    envelope = dsse.sign(canonical(_to_json(manifest)), PACK_TYPE, [key])
    return SignedManifest(manifest=manifest, envelope=envelope, certificate=certificate)


def verify_manifest(envelope: bytes, certificate: bytes, statement: OfficeStatement) -> SignedManifest:
    """The manifest in `envelope`, once an account of this office is shown to have signed it.

    Raises:
        PackForgedError: it is not the office's, not an account's, or no manifest.
        PackUnfitError: a later program wrote it.
    """
    try:
        payload, account = verify_by_account(envelope, PACK_TYPE, certificate, statement)
        manifest = _from_json(parse_object(payload))
    except RecordTooNewError as error:
        raise PackUnfitError(version="", reason="格式更新") from error
    except (TrustError, FormatError) as error:
        raise PackForgedError(reason=error.message.rstrip("。")) from error
    if account != manifest.account:
        raise PackForgedError(reason="签名的不是所写的账号")
    if manifest.tenant != statement.tenant:
        raise PackForgedError(reason="是别的单位的")
    return SignedManifest(manifest=manifest, envelope=envelope, certificate=certificate)


def kept_manifest(envelope: bytes) -> Manifest:
    """The manifest in an envelope that was verified, or made, before it was kept.

    Raises:
        FormatError: it is no manifest.
    """
    return _from_json(parse_object(dsse.peek(envelope).payload))


def part_to_json(body: PackPart) -> Mapping[str, object]:
    """The body of a feed message."""
    return {
        "manifest": base64_text(body.signed.envelope),
        "certificate": base64_text(body.signed.certificate),
        "part": body.part,
        "parts": body.parts,
        "data": base64_text(body.data),
    }


def part_from_json(json: object, statement: OfficeStatement) -> PackPart:
    """The reverse of `part_to_json`, its manifest verified.

    Raises:
        PackForgedError, PackUnfitError: as `verify_manifest`.
        FormatError: it is no part of a pack.
    """
    with Fields(json, "pack part") as field:
        envelope, certificate = base64_bytes(field.text("manifest")), base64_bytes(field.text("certificate"))
        part, parts = field.integer("part"), field.integer("parts")
        data = base64_bytes(field.text("data"))
    if not 1 <= part <= parts <= MAX_PARTS or not 0 < len(data) <= PART_BYTES:
        raise PackForgedError(reason="分段的编号或大小不对")
    signed = verify_manifest(envelope, certificate, statement)
    return PackPart(signed=signed, part=part, parts=parts, data=data)


def _inflated(deflated: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(deflated, CONTENT_CAP)
    except zlib.error as error:
        raise PackForgedError(reason="内容不能解压") from error
    if inflater.unconsumed_tail or inflater.unused_data or not inflater.eof:
        raise PackForgedError(reason="内容不完整或过大")
    return data


def _to_json(value: Manifest) -> Mapping[str, object]:
    return {
        "v": FORMAT,
        "tenant": value.tenant,
        "version": str(value.version),
        "previous": value.previous,
        "content": value.content,
        "size": value.size,
        "layers": [
            {
                "id": one.id,
                "title": one.title,
                "level": one.level,
                "version": one.version,
                "sha256": one.sha256,
            }
            for one in value.layers
        ],
        "checklists": [
            {"id": one.id, "version": one.version, "title": one.title, "sha256": one.sha256}
            for one in value.checklists
        ],
        "eased": [
            {"checklist": one.checklist, "item": one.item, "words": one.words, "reason": one.reason}
            for one in value.eased
        ],
        "account": value.account,
        "by": value.by,
        "at_ms": value.at_ms,
    }


def _from_json(json: object) -> Manifest:
    with Fields(json, "pack manifest") as field:
        field.version(FORMAT)
        return Manifest(
            tenant=field.text("tenant"),
            version=PackVersion.parse(field.text("version")),
            previous=check_sha256(field.text("previous")),
            content=check_sha256(field.text("content")),
            size=field.integer("size"),
            layers=field.listing("layers", _layer),
            checklists=field.listing("checklists", _checklist),
            eased=field.listing("eased", _eased),
            account=field.text("account"),
            by=field.text("by"),
            at_ms=field.integer("at_ms"),
        )


def _layer(json: object) -> LayerRef:
    with Fields(json, "layer") as field:
        names = ("id", "title", "level", "version", "sha256")
        id, title, level, version, digest = (field.text(name) for name in names)
        return LayerRef(id=id, title=title, level=level, version=version, sha256=digest)


def _checklist(json: object) -> ChecklistRef:
    with Fields(json, "checklist") as field:
        id, version, title, digest = (field.text(name) for name in ("id", "version", "title", "sha256"))
        return ChecklistRef(id=id, version=version, title=title, sha256=digest)


def _eased(json: object) -> Eased:
    with Fields(json, "eased") as field:
        checklist, item, words, reason = (
            field.text(name) for name in ("checklist", "item", "words", "reason")
        )
        return Eased(checklist=checklist, item=item, words=words, reason=reason)
