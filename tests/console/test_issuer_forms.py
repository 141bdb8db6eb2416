"""What an office is told about the forms of its documents before it uses them."""

import pytest

from inspector.domain.issuer import IssuerKind
from inspector.domain.profile import IssuerProfile
from tests.console.desk_rig import DeskRig
from tests.ui_harness import screen_test


@screen_test
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (IssuerKind.FIRE_RESCUE, ("责令立即改正通知书", "责令限期改正通知书", "送达回证")),
        (IssuerKind.EMERGENCY_MANAGEMENT, ("延期整改审批表",)),
        (IssuerKind.NON_ENFORCEMENT, ()),
    ],
)
async def test_the_office_is_told_which_forms_nobody_has_confirmed(tmp_path, kind, told):
    profile = IssuerProfile(kind=kind, name="样例机关", region="样", review_body="样例机关", court="样例法院")
    with DeskRig(tmp_path, issuer=profile) as rig:
        ui = await rig.window("/office")
        lines = [text for text in ui.texts() if text.startswith("式样待确认")]
        assert len(lines) == bool(told)
        assert all(word in line for line in lines for word in told)
        assert not any("责令限期整改指令书" in line for line in lines)


@screen_test
async def test_who_may_not_change_the_issuer_reads_it_in_full_ink(tmp_path):
    profile = IssuerProfile(kind=IssuerKind.NON_ENFORCEMENT, name="样例街道办事处（样例）", region="样")
    with DeskRig(tmp_path, issuer=profile) as rig:
        ui = await rig.window("/office", who=rig.log_in("supervisor"))
        field = ui.by_identifier("console.office.issuer-name")
        assert (field.value, field.read_only, ui._is_disabled(field)) == (profile.name, True, False)
        with pytest.raises(AssertionError, match="takes no text"):
            await ui.type("console.office.issuer-name", "样例另一机关")
        assert not ui.has("console.office.save-issuer")
