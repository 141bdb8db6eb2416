"""Sample notices. Every enterprise and person here is invented and says so."""

import struct
import zlib
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw

from inspector.domain.issuer import Appeal, IssuerKind, NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import (
    Contact,
    DrawnSignature,
    LogWitness,
    NoticeEnterprise,
    NoticeFinding,
    NoticeInspector,
    NoticePhoto,
    Refused,
    Signed,
    Signing,
    SuspectedMajor,
    Tally,
)
from inspector.domain.working_days import DayKind, Deadline

NOON = 1_795_406_700_000  # 2026-11-23 12:45 in Beijing
HOUR = 3_600_000
TOKEN = "inspector:1:" + "Ab3-_x9Q" * 26


def drawn(seed: int = 0) -> DrawnSignature:
    """Something that looks like a signature."""
    first = tuple((60 + 14 * n, 160 + ((n * (37 + seed)) % 120)) for n in range(24))
    second = tuple((420 + 9 * n, 90 + (n * n * (3 + seed)) % 210) for n in range(40))
    return DrawnSignature(
        strokes=(first, second, ((900, 330),)), width=1000, height=375, shown_sha256="5a" * 32, at_ms=NOON
    )


ENTERPRISE = NoticeEnterprise(
    name="样例市样例化工仓储有限公司",
    credit_code="91350100M000100Y43",
    address="样例省样例市样例区样例路1号",
    person="样例甲",
    position="安全负责人",
    phone="000-0000000",
)

SOON = Deadline(date=date(2026, 12, 8), days=15, kind=DayKind.CALENDAR)
LATER = Deadline(date=date(2027, 1, 6), days=30, kind=DayKind.WORKING, provisional=True)

FINDINGS = (
    NoticeFinding(
        ordinal=1,
        place="三号库房（甲类）",
        facts="库房南侧安全出口被托盘堵塞，疏散通道净宽仅0.6米；现场码放甲醇12桶，未见禁忌物料分隔措施。",
        measured="净宽 0.6 m",
        basis=("《中华人民共和国安全生产法》第四十二条", "《危险化学品安全管理条例》"),
        requirement="清除堵塞物，恢复疏散通道；将禁忌物料分库存放。",
        deadline=SOON,
        photos=(1, 2),
    ),
    NoticeFinding(
        ordinal=2,
        place="配电间",
        facts="可燃气体报警控制器显示2路探头故障，未见维修记录。",
        basis=("《中华人民共和国安全生产法》第三十六条",),
        requirement="修复故障探头并留存维修记录。",
        deadline=LATER,
        suspected=SuspectedMajor(
            criterion="《化工和危险化学品生产经营企业重大生产安全事故隐患判定准则》",
            upheld=True,
            reason="两路探头覆盖的是甲类库区，现场无法确认是否另有监测手段。",
        ),
        photos=(3,),
    ),
    NoticeFinding(
        ordinal=3,
        place="装卸区",
        facts="静电接地夹未连接。",
        basis=("《危险化学品安全管理条例》",),
        requirement="装卸前连接静电接地。",
        at_once=True,
        corrected_ms=NOON - HOUR,
    ),
    NoticeFinding(
        ordinal=4,
        facts="值班室内使用电炉取暖。",
        requirement="立即停止使用并撤除。",
        at_once=True,
    ),
)


def photo_bytes(number: int) -> bytes:
    """A JPEG with its number on it."""
    picture = Image.new("RGB", (640, 480), (200 - 20 * number % 100, 210, 180 + 5 * number))
    ImageDraw.Draw(picture).rectangle(
        (60 * (number % 6), 80, 60 * (number % 6) + 200, 300), fill=(90, 60, 30)
    )
    target = BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()


def photo(number: int) -> NoticePhoto:
    return NoticePhoto(
        number=number,
        record_sha256=sha256(b"original" + photo_bytes(number)).hexdigest(),
        printed_sha256=sha256(photo_bytes(number)).hexdigest(),
        taken_ms=NOON - 2 * HOUR + number * 60_000,
        caption="三号库房南侧安全出口",
    )


PHOTOS = {sha256(photo_bytes(number)).hexdigest(): photo_bytes(number) for number in range(1, 10)}

APPEAL = Appeal(review_body="样例市样例区人民政府", court="样例市样例区人民法院")
OFFICERS = (
    NoticeInspector(name="样例乙", certificate="样例000001", signing=Signing.KEY, signature=drawn()),
    NoticeInspector(name="样例丙", certificate="样例000002", signing=Signing.HANDWRITTEN, signature=drawn(2)),
)

ORDER = Notice(
    kind=NoticeKind.RECTIFY_ORDER,
    issuer=IssuerKind.EMERGENCY_MANAGEMENT,
    issuer_name="样例市样例区应急管理局",
    number="（样）应急责改〔2026〕1号",
    public_id="00112233445566778899aabbccddeeff",
    record_id="0190c2f0-0000-7000-8000-00000000000a",
    record_sha256="3b" * 32,
    enterprise=ENTERPRISE,
    place="三号库房、配电间、装卸区",
    from_ms=NOON - 3 * HOUR,
    to_ms=NOON,
    inspectors=OFFICERS,
    findings=FINDINGS,
    appeal=APPEAL,
    contact=Contact(name="样例乙", phone="000-0000001"),
    response=Signed(name="样例甲", role="安全负责人", signature=drawn(4), at_ms=NOON + HOUR // 4),
    photos=(photo(1), photo(2), photo(3)),
    issued_on=date(2026, 11, 23),
    witness=LogWitness(size=4711, root="c4" * 32),
    app_version="0.1.0",
)

RECORD = replace(
    ORDER,
    kind=NoticeKind.INSPECTION_RECORD,
    number="（样）应急检记〔2026〕1号",
    appeal=None,
    situation="使用“危险化学品仓储”检查表，对库区、配电间和装卸区进行检查，并询问了当班人员。",
    tally=Tally(passed=38, failed=4, not_applicable=2, unanswered=1),
)

FIRE = replace(
    ORDER,
    kind=NoticeKind.RECTIFY_NOTICE,
    issuer=IssuerKind.FIRE_RESCUE,
    issuer_name="样例市样例区消防救援大队",
    number="样消限字〔2026〕第0076号",
    appeal=Appeal(review_body="样例市消防救援支队", court="样例市样例区人民法院"),
)

HAZARD = replace(
    ORDER,
    kind=NoticeKind.HAZARD_NOTICE,
    issuer=IssuerKind.NON_ENFORCEMENT,
    issuer_name="样例街道样例社区网格工作站",
    number="（样例社区）隐患通知〔2026〕7号",
    inspectors=(NoticeInspector(name="样例丁", signing=Signing.HANDWRITTEN, signature=drawn()),),
    appeal=None,
)

DRAFT = replace(ORDER, number=None)

REFUSED = replace(
    ORDER,
    response=Refused(
        reason="现场负责人认为库房不属于本单位管理，不愿签名。",
        witness="样例戊（园区值班员）",
        signature=drawn(5),
        at_ms=NOON + HOUR,
    ),
)

BLANK_PAPER = replace(ORDER, response=None, inspectors=tuple(replace(p, signature=None) for p in OFFICERS))

RARE_NAME = "𠅤𬱖䶮㛃"
UYGHUR_NAME = "阿卜杜热合曼·麦麦提吐尔逊"


def many(count: int) -> Notice:
    """An order with many findings, as short and as long as they come."""
    findings = tuple(
        replace(
            FINDINGS[0],
            ordinal=number,
            facts=FINDINGS[number % 2].facts * (1 + number % 4),
            suspected=None,
            photos=(),
            deadline=SOON if number % 3 else LATER,
        )
        for number in range(1, count + 1)
    )
    return replace(ORDER, findings=findings, photos=())


def not_a_jpeg() -> bytes:
    """A small PNG."""
    body = zlib.compress(b"\x00\x00")
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", body), (b"IEND", b""))
    parts = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
