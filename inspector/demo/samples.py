"""Sample people and enterprises. All are invented and say so: their names carry 样例."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.checklist import ChecklistId
from inspector.domain.enterprise import Enterprise, domain_of
from inspector.domain.issuer import IssuerKind
from inspector.domain.kinds import EnterpriseKind as Kind
from inspector.domain.notice_parts import Contact
from inspector.domain.profile import IssuerProfile

TENANT = "sample"
OFFICE_NAME = "样例市安全检查办公室（样例）"
PASSPHRASE = "样例办公室口令-2026"  # noqa: S105 -- printed by the demo itself
PIN = "482913"
SECOND_PIN = "593024"
PASSWORD = "样例登录口令-2026"  # noqa: S105 -- printed by the demo itself

ISSUER = IssuerProfile(
    kind=IssuerKind.EMERGENCY_MANAGEMENT,
    name="样例市应急管理局（样例）",
    region="样",
    review_body="样例市人民政府（样例）",
    court="样例市人民法院（样例）",
    contact=Contact(name="样例联系人", phone="000-00000000"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePerson:
    """An inspector of the demo."""

    name: str
    number: str
    pin: str


PEOPLE = (
    SamplePerson(name="样例检查员甲", number="样例证-001", pin=PIN),
    SamplePerson(name="样例检查员乙", number="样例证-002", pin=SECOND_PIN),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleVisit:
    """One inspection of the demo.

    Attributes:
        refuses: the enterprise's person will not sign.
        is_returned: the supervisor returns the record, and it is corrected.
    """

    enterprise: Enterprise
    checklist: ChecklistId
    refuses: bool = False
    is_returned: bool = False


def _enterprise(id: str, name: str, kind: Kind, address: str) -> Enterprise:
    return Enterprise(
        id=id,
        name=name,
        address=address,
        person="样例负责人",
        position="安全负责人",
        phone="000-00000000",
        domain=domain_of(kind),
        kinds=(kind,),
        from_office=True,
    )


VISITS = (
    SampleVisit(
        enterprise=_enterprise(
            "sample-hazmat", "湘邵化工仓储（样例）", Kind.HAZMAT_STORAGE, "样例市样例区仓储路 1 号"
        ),
        checklist=ChecklistId("hazmat-storage"),
    ),
    SampleVisit(
        enterprise=_enterprise(
            "sample-courier",
            "快达快递城南网点（样例）",
            Kind.COURIER_BRANCH,
            "样例市样例区寄递街 2 号",
        ),
        checklist=ChecklistId("courier-branch"),
        refuses=True,
    ),
    SampleVisit(
        enterprise=_enterprise(
            "sample-gas", "老灶台餐馆（样例）", Kind.GAS_RESTAURANT, "样例市样例区餐饮巷 3 号"
        ),
        checklist=ChecklistId("gas-restaurant"),
        is_returned=True,
    ),
    SampleVisit(
        enterprise=_enterprise(
            "sample-mall", "万象广场商场（样例）", Kind.FIRE_MALL, "样例市样例区商业大道 4 号"
        ),
        checklist=ChecklistId("fire-mall"),
    ),
)

MORE_ENTERPRISES = (
    _enterprise("sample-estate", "幸福里老旧小区（样例）", Kind.FIRE_ESTATE, "样例市样例区幸福里 5 号"),
    _enterprise("sample-tower", "云顶大厦（样例）", Kind.FIRE_HIGH_RISE, "样例市样例区高层路 6 号"),
    _enterprise("sample-rare", "䶮记𠅤氏食品店（样例）", Kind.FIRE_SMALL_PLACE, "样例市样例区生僻字街 7 号"),
)

ENTERPRISES = (*(visit.enterprise for visit in VISITS), *MORE_ENTERPRISES)
