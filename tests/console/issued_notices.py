"""Notices of a rig's tablets with a public address, issued under their keys and on the way to the console."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from inspector.domain.access import Access, locator, reply_code
from inspector.domain.inspection import Inspection
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import NoticeFinding
from inspector.notices.press import PdfPress
from inspector.settings import APP_FOLDER
from inspector.trust.token import NoticeToken, bare, sign_token
from inspector.work.issue import IssuedNotice, issue
from inspector.work.press import Press
from tests import make
from tests.console.desk_rig import ATablet, DeskRig, uid
from tests.console.sealed_records import upload
from tests.notices import samples
from tests.tablet.rig import PlainPress

PLAIN = PlainPress()
REAL = PdfPress(APP_FOLDER / "assets")
NAMES = (samples.ENTERPRISE.name, samples.ORDER.issuer_name, samples.FINDINGS[0].facts)
"""What a server must never see."""


@dataclass(frozen=True)
class Handed:
    """A notice as the enterprise holds it."""

    issued: IssuedNotice
    token: str
    access: Access | None

    @property
    def entry(self) -> str:
        return self.issued.entry.sha256

    @property
    def notice(self) -> Notice:
        return self.issued.notice

    @property
    def path(self) -> str:
        """The address behind the server's name."""
        assert self.access is not None
        return "/" + self.access.address.split("/", 3)[3]

    @property
    def typed(self) -> str:
        return f"/r/{locator(self.notice.public_id)}"


def notice(n: int, **changes: object) -> Notice:
    """The nth notice of the office, without photos."""
    findings = tuple(replace(one, photos=()) for one in samples.FINDINGS)
    values = {
        "public_id": f"{n:032x}"[::-1],
        "number": f"（样）应急责改〔2026〕{n}号",
        "findings": findings,
        "photos": (),
    }
    return replace(samples.ORDER, **{**values, **changes})


def findings_of(done: Inspection) -> tuple[NoticeFinding, ...]:
    """What a notice lists of an inspection, without photos."""
    return tuple(
        NoticeFinding(
            ordinal=n,
            place=one.section,
            facts=one.facts,
            basis=tuple(basis.text for basis in one.basis),
            requirement=one.requirement,
            deadline=one.deadline,
        )
        for n, one in enumerate(done.findings.values(), start=1)
    )


def hand_over(
    rig: DeskRig,
    tablet: ATablet,
    n: int,
    *,
    press: Press = PLAIN,
    is_public: bool = True,
    sends: bool = True,
    **changes: object,
) -> Handed:
    """Issue the nth notice; unless told otherwise, its entry reaches the server."""
    said, office = notice(n, **changes), tablet.office
    token = token_of(said, office.device_key)
    access = None
    if is_public:
        access = Access.of(
            origin=f"http://127.0.0.1:{rig.real.port}",
            public_id=said.public_id,
            token=bare(token),
            key=sha256(b"key %d" % n).digest()[:16],
            code=reply_code(sha256(b"code %d" % n).digest()[:9]),
        )
    issued = issue(
        said,
        id=uid(0x900 + n),
        press=press,
        token=token,
        attachments={},
        photos=(),
        signers=(office.ada_signs,),
        seal=replace(office.seal, device=tablet.id),
        box=office.box,
        at_ms=make.DAY_MS + n,
        access=access,
    )
    if sends:
        rig.sends(tablet, [issued.entry.envelope])
        upload(rig, tablet, issued.entry)
    return Handed(issued=issued, token=token, access=access)


def token_of(said: Notice, key: object) -> str:
    token = NoticeToken.of(said, issued_ms=samples.NOON)
    return sign_token(token, key)  # type: ignore[arg-type]
