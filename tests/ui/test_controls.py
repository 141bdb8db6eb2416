"""What the controls do when somebody uses them."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft
import pytest

from inspector.domain.answer import Verdict
from inspector.domain.checklist import Severity
from inspector.errors import OfficeUnreachableError, SealBrokenError
from inspector.ui.buttons import action_bar, icon_button, primary_button, quiet_button, secondary_button
from inspector.ui.dialogs import confirm, danger_button, put_away_snack, snack, snack_with_undo
from inspector.ui.fields import Choice, big_verdict_buttons, choice_chips, text_field
from inspector.ui.identified import identified
from inspector.ui.layout import Layout, layout_of, use_layout
from inspector.ui.panels import busy, bytes_progress, card, empty_state, error_panel, progress_bar
from inspector.ui.states import (
    Saving,
    Stage,
    saved_mark,
    severity_mark,
    stage_mark,
    state_chip,
    verdict_mark,
)
from inspector.ui.theme import Tone
from tests.ui_harness import Harness, screen_test

Build = Callable[[], ft.Control]


async def shown(build: Build, **page: object) -> Harness:
    ui = Harness(**page)
    await ui.run(lambda page: page.render(ft.component(build)))
    assert ui.errors() == []
    return ui


def nothing() -> None:
    return None


# --- Names ----------------------------------------------------------------------------------------


def test_one_thing_to_tap_becomes_one_named_element():
    named = identified("go", ft.FilledButton(content="走", expand=True, disabled=True), label="走")
    assert isinstance(named, ft.MergeSemantics)
    assert named.expand is True
    assert named.content.identifier == "go"
    assert named.content.disabled is True
    assert named.content.label is None  # the button says it already


def test_a_label_is_given_when_it_says_more_than_the_control():
    assert identified("go", ft.IconButton(icon=ft.Icons.ADD), label="加").content.label == "加"
    spoken = ft.IconButton(icon=ft.Icons.ADD, tooltip="加")
    assert identified("go", spoken, label="加").content.label is None, "it would be read out twice"
    assert identified("go", ft.TextField(label="姓名"), label="姓名").content.label is None


def test_several_controls_under_one_name_stay_apart():
    named = identified(
        "row", ft.Row([ft.TextButton(content="甲"), ft.TextButton(content="乙")]), label="甲乙"
    )
    assert isinstance(named, ft.Semantics)
    assert named.container is True


# --- Buttons --------------------------------------------------------------------------------------


@screen_test
async def test_every_button_does_its_act_sync_or_async():
    done: list[str] = []

    async def later() -> None:
        done.append("later")

    ui = await shown(
        lambda: action_bar(
            [
                quiet_button("quiet", "稍后", later),
                icon_button("icon", ft.Icons.INFO, "依据", lambda: done.append("icon")),
                secondary_button("second", "其余合格", lambda: done.append("second")),
                primary_button("next", "下一节", lambda: done.append("next")),
            ]
        )
    )
    for name in ("quiet", "icon", "second", "next"):
        await ui.tap(name)
    assert done == ["later", "icon", "second", "next"]
    assert ui.identifiers()[-1] == "next"


@screen_test
async def test_a_dangerous_act_is_done_only_after_its_question():
    done: list[str] = []
    ui = await shown(
        lambda: danger_button(
            "drop",
            "删除",
            lambda: done.append("dropped"),
            title="删除照片“东门”？",
            text="只删这一张。",
            act="删除这张照片",
        )
    )
    await ui.tap("drop")
    assert "删除照片“东门”？" in ui.texts()
    await ui.tap("drop-ask-no")
    assert done == []
    assert not ui.has("drop-ask-yes")
    await ui.tap("drop")
    await ui.tap("drop-ask-yes")
    assert done == ["dropped"]
    assert not ui.has("drop-ask-yes")
    assert ui.errors() == []


@screen_test
async def test_dismissing_a_question_means_no():
    said: list[str] = []

    def screen() -> ft.Control:
        asked, ask = ft.use_state(True)

        def no() -> None:
            said.append("no")
            ask(False)

        question = confirm("q", "作废？", "这份文书将作废。", "作废", nothing, on_no=no)
        ft.use_dialog(question if asked else None)
        return ft.Text("页面")

    ui = await shown(screen)
    dialog = ui.all(ft.AlertDialog)[0]
    dialog.open = False
    await ui.settle()
    assert said == ["no"]


# --- Announcements --------------------------------------------------------------------------------


@screen_test
async def test_what_was_done_can_be_undone_from_its_announcement():
    done: list[str] = []
    ui = await shown(
        lambda: primary_button(
            "do", "删除", lambda: snack_with_undo("已删除 1 张", lambda: done.append("undone"))
        )
    )
    await ui.tap("do")
    assert "已删除 1 张" in ui.texts()
    await ui.tap("undo")
    assert done == ["undone"]
    assert "已删除 1 张" not in ui.texts()


@screen_test
async def test_a_newer_announcement_takes_the_older_one_s_place():
    count: list[int] = []

    def act() -> None:
        count.append(1)
        snack_with_undo(f"第 {len(count)} 次", lambda: None)

    ui = await shown(
        lambda: ft.Row(
            [primary_button("do", "做", act), primary_button("say", "说", lambda: snack("已发送"))]
        )
    )
    await ui.tap("do")
    await ui.tap("do")
    assert [text for text in ui.texts() if text.startswith("第")] == ["第 2 次"]
    await ui.tap("say")
    assert "已发送" in ui.texts()
    assert not ui.has("undo")


@screen_test
async def test_an_announcement_goes_with_the_screen_it_belongs_to():
    ui = await shown(
        lambda: ft.Row(
            [
                primary_button("do", "做", lambda: snack_with_undo("已删除 1 张", lambda: None)),
                primary_button("leave", "走", lambda: put_away_snack(ft.context.page)),
            ]
        )
    )
    await ui.tap("do")
    assert ui.has("undo")
    await ui.tap("leave")
    assert not ui.has("undo")


# --- Fields ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", Verdict)
@screen_test
async def test_a_verdict_is_one_tap(verdict):
    given: list[Verdict] = []
    ui = await shown(lambda: big_verdict_buttons("a1", None, given.append))
    await ui.tap(f"a1-{verdict}")
    assert given == [verdict]


@screen_test
async def test_the_chosen_verdict_alone_is_filled():
    ui = await shown(lambda: big_verdict_buttons("a1", Verdict.FAIL, lambda _: None))
    filled = [button.content for button in ui.all(ft.FilledButton)]
    assert filled == ["不合格"]
    assert [s.identifier for s in ui.all(ft.Semantics) if s.selected] == ["a1-fail"]


@screen_test
async def test_only_allowed_verdicts_are_offered():
    ui = await shown(
        lambda: big_verdict_buttons("a1", None, lambda _: None, allowed=(Verdict.PASS, Verdict.FAIL))
    )
    assert ui.identifiers() == ["a1-pass", "a1-fail"]


@screen_test
async def test_a_sealed_record_s_verdict_cannot_be_tapped():
    ui = await shown(lambda: big_verdict_buttons("a1", Verdict.PASS, lambda _: None, disabled=True))
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap("a1-fail")


@screen_test
async def test_a_chip_gives_its_id_and_shows_what_is_chosen():
    given: list[str] = []
    choices = [Choice(id="door", words="防火门常开"), Choice(id="way", words="通道堵塞")]
    ui = await shown(lambda: choice_chips("fact", choices, {"way"}, given.append))
    await ui.tap("fact-door")
    await ui.tap("fact-way")
    assert given == ["door", "way"]
    assert [button.content for button in ui.all(ft.FilledButton)] == ["通道堵塞"]


@screen_test
async def test_a_field_hands_on_what_is_typed_and_when_it_is_left():
    heard: list[str] = []
    ui = await shown(
        lambda: text_field(
            "phone",
            "电话",
            "",
            heard.append,
            on_submit=lambda: heard.append("enter"),
            on_leave=lambda: heard.append("left"),
        )
    )
    await ui.type("phone", "138")
    await ui.submit("phone")
    await ui.fire(ui.by_identifier("phone"), "blur")
    assert heard == ["138", "enter", "left"]
    assert ui.by_identifier("phone").max_length is None, (
        "the end of a pasted text would be lost without a word"
    )


@screen_test
async def test_an_error_hides_a_warning():
    ui = await shown(lambda: text_field("m", "浓度", "x", lambda _: None, error="请写数字", warn="偏高"))
    assert "请写数字" in ui.texts()
    assert not any("偏高" in text for text in ui.texts())
    ui = await shown(lambda: text_field("m", "浓度", "25", lambda _: None, warn="偏高"))
    assert "注意：偏高" in ui.texts()


# --- States and panels ----------------------------------------------------------------------------


def test_every_state_has_a_shape_and_a_word_of_its_own():
    for marks in (
        [verdict_mark(v) for v in (*Verdict, None)],
        [severity_mark(s) for s in Severity],
        [stage_mark(s) for s in Stage],
    ):
        assert len({mark.shape for mark in marks}) == len(marks)
        assert len({mark.word for mark in marks}) == len(marks)
    assert all(severity_mark(s).word == s.chinese for s in Severity)


@screen_test
async def test_a_chip_says_its_word():
    ui = await shown(lambda: ft.Row([state_chip(verdict_mark(None)), state_chip(stage_mark(Stage.RETURNED))]))
    assert {"未检", "已退回"} <= set(ui.texts())


@screen_test
async def test_what_is_saved_here_says_how_much_has_not_arrived():
    ui = await shown(lambda: saved_mark(Saving.SAVED, waiting=3))
    assert "已保存 · 3 条待送" in ui.texts()


@screen_test
async def test_an_empty_state_offers_the_way_on():
    done: list[str] = []
    ui = await shown(
        lambda: empty_state(
            ft.Icons.ADD,
            "还没有检查",
            "选好企业就可以开始。",
            action=primary_button("start", "开始检查", lambda: done.append("started")),
        )
    )
    await ui.tap("start")
    assert done == ["started"]
    assert {"还没有检查", "选好企业就可以开始。"} <= set(ui.texts())


@screen_test
async def test_an_error_says_what_happened_and_the_next_step():
    tried: list[int] = []
    error = OfficeUnreachableError()
    ui = await shown(lambda: error_panel(error, on_retry=lambda: tried.append(1)))
    assert {error.message, error.next_step} <= set(ui.texts())
    await ui.tap("retry")
    assert tried == [1]


@screen_test
async def test_trying_again_is_not_offered_where_it_cannot_help():
    ui = await shown(
        lambda: error_panel(
            SealBrokenError(reason="末尾缺 16 字节"),
            on_retry=nothing,
            actions=[secondary_button("export", "导出诊断", nothing)],
        )
    )
    assert not ui.has("retry")
    assert ui.has("export")


@screen_test
async def test_progress_is_told_in_figures():
    ui = await shown(
        lambda: card(
            [
                busy("正在封存"),
                bytes_progress("照片", 1_200_000, 3_200_000),
                progress_bar(18, 32),
                progress_bar(0, 0),
            ],
            tone=Tone.GOOD,
        )
    )
    assert {"正在封存", "1.2 MB / 3.2 MB", "18/32", "0/0"} <= set(ui.texts())
    assert [bar.value for bar in ui.all(ft.ProgressBar)] == [0.375, 0.5625, 1.0]


# --- Layout ---------------------------------------------------------------------------------------


def test_a_tablet_has_one_column_upright_and_two_on_its_side():
    assert [layout_of(width) for width in (360, 800, 1280)] == [
        Layout.NARROW,
        Layout.PORTRAIT,
        Layout.LANDSCAPE,
    ]


@screen_test
async def test_turning_the_tablet_changes_the_layout():
    ui = await shown(lambda: ft.Text(use_layout()))
    assert ui.texts() == ["landscape"]
    await ui.fire(ui.page, "resize", {"width": 800, "height": 1280})
    assert ui.texts() == ["portrait"]


def test_a_card_that_gets_an_edge_is_not_built_anew_around_what_is_typed():
    # The client clips where a card says so, and wraps its inside for that: to another depth of its tree.
    plain, edged = card([ft.Text("样例")]), card([ft.Text("样例")], tone=Tone.GOOD)
    assert isinstance(plain, ft.Container) and isinstance(edged, ft.Container)
    assert plain.clip_behavior is edged.clip_behavior is ft.ClipBehavior.NONE
