"""A tablet whose program brings the sample checklist, and an account that publishes packs of it."""

import random
from contextlib import nullcontext
from dataclasses import replace
from hashlib import sha256

from inspector.catalog import read_all
from inspector.catalog.layers import catalogue_of, lay_over
from inspector.domain.delivery import NO_PREVIOUS
from inspector.trust import age
from inspector.trust.certificates import Certificate, Details, HolderKind, issue_certificate
from inspector.work.packs import NO_PACK, Manifest, PackVersion, packed, parts_of, refs_of, sign_manifest
from tests.catalog.sample import CHECKLIST, LAWS
from tests.catalog.test_layers import changed, layer
from tests.simulator import DAY_MS, NOW_MS, TENANT, key
from tests.tablet.rig import Rig
from tests.ui_harness import screen_test

ACCOUNT = "0198c0de-0000-7000-8000-0000000000aa"


class Publisher:
    """A console's account that publishes packs of the sample checklist.

    Args:
        filler: bytes that do not deflate, so that a pack takes several messages.
    """

    def __init__(self, cast, folder, kind=HolderKind.ACCOUNT, signer="account"):
        self.cast, self.key = cast, key(signer)
        certificate = Certificate(
            tenant=TENANT,
            kind=kind,
            id=ACCOUNT,
            key=self.key.public,
            recipient=age.recipient_of(age.generate_identity()) if kind is HolderKind.DEVICE else None,
            details_sha256=Details(salt=bytes(16), name="样例").sha256,
            issued_ms=NOW_MS - DAY_MS,
        )
        self.certificate = issue_certificate(certificate, cast.issuing)
        self.base = read_all(folder)

    def content(self, days, filler=0):
        """The sample with another deadline."""
        content = lay_over(self.base, [layer(changed("tighten", "door-width", f"  days = {days}"))]).content
        if not filler:
            return content
        noise = random.Random(days).randbytes(filler // 2).hex()
        law = {**content.laws["law"][0], "id": "noise", "articles": []}
        laws = [{**law, "id": f"n{n}", "note": noise[n * 250 : n * 250 + 250]} for n in range(filler // 250)]
        return replace(content, laws={**content.laws, "law": [*content.laws["law"], *laws]})

    def signed(self, content, version="2026.1", **changes):
        made = packed(content)
        manifest = Manifest(
            tenant=TENANT,
            version=PackVersion.parse(version),
            previous=NO_PACK,
            content=made.sha256,
            size=made.size,
            layers=(),
            checklists=refs_of(catalogue_of(content, name="样例")),
            eased=(),
            account=ACCOUNT,
            by="样例管理员",
            at_ms=NOW_MS,
        )
        signed = sign_manifest(replace(manifest, **changes), key=self.key, certificate=self.certificate)
        return signed, made.deflated

    def pack(self, days, version="2026.1", filler=0, **changes):
        """The parts of a pack whose door has so many days."""
        return parts_of(*self.signed(self.content(days, filler), version, **changes))


def sample_folder(tmp_path):
    """The checklists that the program of such a tablet brings."""
    place = tmp_path / "checklists"
    place.mkdir()
    (place / "laws.toml").write_text(LAWS, encoding="utf-8")
    (place / "sample.toml").write_text(CHECKLIST, encoding="utf-8")
    return place


def packing(test):
    """A test with an enrolled tablet whose program brings the sample checklist, and a publisher."""

    @screen_test
    async def run(tmp_path):
        folder = sample_folder(tmp_path)
        (tmp_path / "tablet").mkdir()
        rig = Rig(tmp_path / "tablet")
        rig.catalogue = read_all(folder)
        rig.tablet = rig.another_process()
        async with rig:
            ui = await rig.enrolled()
            await rig.tablet.background.stop()
            await test(rig, Publisher(rig.cast, folder))
            await ui.settle()

    return run


def days_of(catalogue):
    return catalogue.get("sample").item("door-width").remedy.days


def current(rig):
    return days_of(rig.bench.shelf.current)


def take(rig, *parts):
    for part in parts:
        rig.bench.shelf.take(part, nullcontext())


def send(rig, *parts):
    """As messages of the feed, from where it stands."""
    for part in parts:
        chain = rig.office.messages
        prev = sha256(chain[-1]).hexdigest() if chain else NO_PREVIOUS
        chain.append(rig.cast.message(part, n=len(chain) + 1, prev=prev))


def exchange(rig):
    return rig.bench.office.exchange(lambda _progress: None, lambda: False)


def alarms(rig):
    return {alarm.code for alarm in rig.bench.office.alarms()}


async def restarted(rig):
    """The program ends and another one begins over the same store."""
    await rig.tablet.close()
    rig.tablet = rig.another_process()
    rig.tablet.open()
    await rig.tablet.act(rig.tablet.gate.unlock, rig.person().id, "135790")
