"""Packs at the console: what is published, what is out in the field, and publishing the next one.

* A pack is the program's checklists, or those of the office's own folder, with the office's layers on them.
  It is compared with the one before it, or before the first with the program's own; whatever lets pass what
  did not is listed, and does not go out without somebody's reason.
* Publishing is one transaction: the pack, its line in the audit trail, and the messages to every tablet.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inspector.catalog import Catalogue, broken_promises
from inspector.catalog.faults import refusal
from inspector.catalog.layer_file import Layer, read_layer
from inspector.catalog.layers import Overlaid, compare, lay_over
from inspector.catalog.strictness import Change
from inspector.console.accounts import LoggedIn, Right
from inspector.console.database import DeskDatabase, Row
from inspector.console.desk import Desk
from inspector.console.own_folder import LayerText, checklists_in, layers_in
from inspector.domain.checklist import Checklist
from inspector.domain.identifiers import check_entry
from inspector.domain.working_days import china_date
from inspector.errors import ChecklistFaultsError, Fault, PackRefusedError
from inspector.trust.certificates import Certificate
from inspector.work.packs import (
    CONTENT_CAP,
    MAX_PARTS,
    NO_PACK,
    PART_BYTES,
    Eased,
    LayerRef,
    Manifest,
    Packed,
    PackVersion,
    SignedManifest,
    kept_manifest,
    open_pack,
    packed,
    parts_of,
    refs_of,
    sign_manifest,
)

REASON_CAP = 300
MANIFEST_CAP = 100 * 1024
"""Bytes of a signed manifest, which goes along with every part."""

_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A pack that was published.

    Attributes:
        layers: the files that it was made with.
        records: how many records of inspections that began with it have arrived.
    """

    manifest: Manifest
    layers: tuple[LayerText, ...]
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be published.

    Attributes:
        layers: the files, and what was read in them.
        changes: against what is published now, or the program's own checklists before the first pack.
        eased: what passes and did not: each with the layer's reason, which is empty where none gives one.
    """

    version: PackVersion
    previous: str
    texts: tuple[LayerText, ...]
    layers: tuple[Layer, ...]
    laid: Overlaid
    content: Packed
    changes: tuple[Change, ...]
    eased: tuple[Eased, ...]

    @property
    def is_new(self) -> bool:
        """Whether anything differs from what is published."""
        return self.content.sha256 != self.previous

    @property
    def unexplained(self) -> int:
        """How many things pass that did not, without a layer's reason."""
        return sum(not one.reason for one in self.eased)


@dataclass(frozen=True, slots=True, kw_only=True)
class InField:
    """What a tablet uses, by its own signed word.

    Attributes:
        version: of the pack; empty where it has not said that it uses any: then the program's own.
        since_ms: when it changed over, by its clock; None where `version` is empty.
        behind_ms: since when a newer one is published; None where there is none.
    """

    version: str
    since_ms: int | None
    behind_ms: int | None

    def days_behind(self, now_ms: int) -> int:
        """For how many whole days an older pack than the newest is in use."""
        return 0 if self.behind_ms is None else max(0, now_ms - self.behind_ms) // _DAY_MS


class Packs:
    """The packs of one office.

    Args:
        base: the program's own checklists.
        own: the office's folder of checklists, which takes their place; None where it has none.
    """

    def __init__(self, desk: Desk, base: Catalogue, own: Path | None = None) -> None:
        self._desk, self._base, self.own = desk, base, own
        self._opened: dict[str, Catalogue] = {}
        self._known = {one.digest: one for one in base.checklists}
        self._unknown: dict[str, int] = {}

    # --- Looking ---

    def all(self) -> tuple[Published, ...]:
        """Every pack, newest first."""
        database = self._desk.database
        return tuple(
            _published(database, row)
            for row in database.rows("SELECT sha256, envelope, layers FROM packs ORDER BY rank DESC")
        )

    def newest(self) -> Published | None:
        """The pack that is published now; None before the first."""
        row = _newest(self._desk.database)
        return _published(self._desk.database, row) if row else None

    def checklist(self, digest: str) -> Checklist | None:
        """A checklist in the very version that has this digest, from any pack or from the program."""
        newest = _newest_rank(self._desk.database)
        if digest in self._known or self._unknown.get(digest) == newest:
            return self._known.get(digest)
        for one in self.all():
            if any(ref.sha256 == digest for ref in one.manifest.checklists):
                self._known |= {each.digest: each for each in self._catalogue(one).checklists}
        if digest not in self._known:
            self._unknown[digest] = newest
        return self._known.get(digest)

    def pack_of(self, record: str) -> str | None:
        """The version of the pack that a record's inspection began with; empty for the program's own."""
        row = self._desk.database.row("SELECT version FROM begun WHERE inspection = ?", record)
        return str(row["version"]) if row else None

    # --- Publishing ---

    def starting_layers(self) -> tuple[LayerText, ...]:
        """The layers that the next pack begins with: those of the office's folder, or of the pack before.

        Raises:
            ChecklistFaultsError: a file of the folder cannot be read.
        """
        if self.own is None:
            newest = self.newest()
            return newest.layers if newest else ()
        return layers_in(self.own)

    def plan(self, texts: Sequence[LayerText]) -> Plan:
        """What would be published with these layers.

        Raises:
            ChecklistFaultsError: carrying every fault of all of them, or of the office's folder.
            PackRefusedError: the program's own checklists have faults.
        """
        layers = _read(texts)
        laid = lay_over(self._underneath(), layers)
        newest = self.newest()
        before = self._catalogue(newest) if newest else self._base
        _keep_promises(before, laid.catalogue)
        changes = compare(before, laid.catalogue)
        year = china_date(self._desk.clock()).year
        return Plan(
            version=PackVersion.after(newest.manifest.version if newest else None, year=year),
            previous=newest.manifest.content if newest else NO_PACK,
            texts=tuple(texts),
            layers=layers,
            laid=laid,
            content=packed(laid.content),
            changes=changes,
            eased=_eased(laid, changes),
        )

    def publish(self, by: LoggedIn, plan: Plan, reason: str = "") -> Manifest:
        """Publish a plan, and send it to every tablet.

        Args:
            reason: why it is right that what no layer gives a reason for may pass now.

        Raises:
            NotPermittedError: no administrator.
            PackRefusedError: nothing is new, something is eased without a reason, it is too large, or another
                pack was published meanwhile.
            TextTooLongError, TextControlError: the reason cannot be kept as it is.
            OfficeKeyLockedError, AvailabilityError: the account cannot be certified now.
        """
        by.account.must(Right.MANAGE)
        check_entry(reason, field="放宽的理由", cap=REASON_CAP)
        self._must_fit(plan, reason)
        signed = self._sign(by, plan, reason)
        with self._desk.database.at_once():
            newest = _newest(self._desk.database)
            if (newest["sha256"] if newest else NO_PACK) != plan.previous:
                raise PackRefusedError(reason="刚才有人发布了另一版，请重新检查后再发布")
            self._desk.database.put("packs", _row(plan, signed, newest))
            self._desk.note(by, "publish-pack", str(plan.version))
            for certificate in self._desk.device_certificates().values():
                send_newest(self._desk, certificate)
        return signed.manifest

    # --- Inside ---

    def _underneath(self) -> Catalogue:
        """What the layers are laid on: the office's folder as it is now, or the program's checklists."""
        if self.own is not None:
            return checklists_in(self.own)
        if self._base.content is None or self._base.faults:
            raise PackRefusedError(reason="本机程序自带的检查表有错误，请先升级或修复程序")
        return self._base

    def _must_fit(self, plan: Plan, reason: str) -> None:
        if not plan.is_new:
            raise PackRefusedError(reason="与已发布的内容完全相同")
        if plan.unexplained and not reason.strip():
            raise PackRefusedError(reason=f"有 {plan.unexplained} 处放宽没有写明理由")
        if plan.content.size > CONTENT_CAP or len(plan.content.deflated) > MAX_PARTS * PART_BYTES:
            raise PackRefusedError(reason="内容太大，平板收不下")

    def _sign(self, by: LoggedIn, plan: Plan, reason: str) -> SignedManifest:
        manifest = Manifest(
            tenant=self._desk.statement.tenant,
            version=plan.version,
            previous=plan.previous,
            content=plan.content.sha256,
            size=plan.content.size,
            layers=tuple(_layer_ref(layer) for layer in plan.layers),
            checklists=refs_of(plan.laid.catalogue),
            eased=tuple(
                one
                if one.reason
                else Eased(checklist=one.checklist, item=one.item, words=one.words, reason=reason.strip())
                for one in plan.eased
            ),
            account=by.account.id,
            by=by.account.login,
            at_ms=self._desk.clock(),
        )
        signed = sign_manifest(manifest, key=by.key, certificate=self._desk.account_certificate(by))
        if len(signed.envelope) > MANIFEST_CAP:
            raise PackRefusedError(reason="一次放宽的地方太多，请分几次发布")
        return signed

    def _catalogue(self, one: Published) -> Catalogue:
        name = one.manifest.content
        if name not in self._opened:
            row = self._desk.database.row("SELECT content FROM packs WHERE sha256 = ?", name)
            self._opened[name] = open_pack(one.manifest, row["content"] if row else b"")
        return self._opened[name]


def send_newest(desk: Desk, device: Certificate) -> None:
    """Write the pack that is published now to one tablet, if there is any."""
    row = _newest(desk.database)
    if row is not None:
        signed = SignedManifest(
            manifest=kept_manifest(row["envelope"]),
            envelope=row["envelope"],
            certificate=row["certificate"],
        )
        desk.tell(device, *parts_of(signed, row["content"]))


def in_field(database: DeskDatabase, device: str) -> InField:
    """What a tablet uses."""
    said = database.row("SELECT * FROM adoptions WHERE device = ? ORDER BY idx DESC LIMIT 1", device)
    rank = 0
    if said is not None:
        known = database.row("SELECT rank FROM packs WHERE sha256 = ?", said["sha256"])
        rank = int(known["rank"]) if known else 0
    newer = database.row("SELECT at_ms FROM packs WHERE rank > ? ORDER BY rank LIMIT 1", rank)
    return InField(
        version=str(said["version"]) if said else "",
        since_ms=int(said["at_ms"]) if said else None,
        behind_ms=int(newer["at_ms"]) if newer else None,
    )


def _newest_rank(database: DeskDatabase) -> int:
    row = database.row("SELECT MAX(rank) AS rank FROM packs")
    return int(row["rank"] or 0) if row else 0


def _newest(database: DeskDatabase) -> Row | None:
    return database.row("SELECT * FROM packs ORDER BY rank DESC LIMIT 1")


def _published(database: DeskDatabase, row: Row) -> Published:
    count = database.row(
        "SELECT COUNT(*) AS n FROM records r JOIN begun b ON b.inspection = r.record WHERE b.sha256 = ?",
        row["sha256"],
    )
    return Published(
        manifest=kept_manifest(row["envelope"]),
        layers=tuple(LayerText(name=name, text=text) for name, text in json.loads(row["layers"])),
        records=int(count["n"]) if count else 0,
    )


def _row(plan: Plan, signed: SignedManifest, newest: Row | None) -> Row:
    return {
        "rank": int(newest["rank"]) + 1 if newest else 1,
        "version": str(plan.version),
        "sha256": plan.content.sha256,
        "envelope": signed.envelope,
        "certificate": signed.certificate,
        "content": plan.content.deflated,
        "layers": json.dumps([[one.name, one.text] for one in plan.texts], ensure_ascii=False),
        "at_ms": signed.manifest.at_ms,
    }


def _read(texts: Sequence[LayerText]) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    faults: list[Fault] = []
    for one in texts:
        try:
            layers.append(read_layer(one.text.encode("utf-8"), name=one.name))
        except ChecklistFaultsError as error:
            faults += error.faults
    if faults:
        raise refusal(faults[0].file, tuple(faults))
    return tuple(layers)


def _keep_promises(before: Catalogue, after: Catalogue) -> None:
    """Refuse what changed its content but not its version, or an item's kind."""
    faults: list[Fault] = []
    for checklist in after.checklists:
        known = before.get(checklist.id)
        if known is not None:
            faults += broken_promises(known, checklist)
    if faults:
        raise refusal(faults[0].file, tuple(faults))


def _eased(laid: Overlaid, changes: Sequence[Change]) -> tuple[Eased, ...]:
    """What the layers ease with a reason, then what else is eased against what is published."""
    said = {
        (one.checklist, one.item, one.words): Eased(
            checklist=one.checklist, item=one.item, words=one.words, reason=f"{one.reason}（{one.layer}）"
        )
        for one in laid.weakenings
    }
    silent = [
        Eased(checklist=one.checklist, item=one.item, words=one.words, reason="")
        for one in changes
        if one.weakens and (one.checklist, one.item, one.words) not in said
    ]
    return (*said.values(), *silent)


def _layer_ref(layer: Layer) -> LayerRef:
    return LayerRef(
        id=layer.id, title=layer.title, level=layer.level.value, version=layer.version, sha256=layer.sha256
    )
