"""How the tablet chooses its window."""

import flet as ft
import pytest

import main as tablet


class Recorded:
    """A run that only remembers what it was asked for."""

    def __init__(self):
        self.main, self.options, self.served = None, {}, None

    def __call__(self, main, /, **options):
        self.main, self.options = main, options

    def serve(self, port: int) -> None:
        self.served = port


def screens(page: ft.Page) -> None:
    page.title = "检查员"


def start(run: Recorded, *, client: bool, web: bool) -> None:
    tablet.start(screens, run=run, serve=run.serve, has_client=lambda: client, has_web=lambda: web, port=8765)


def test_with_a_client_the_screens_open_in_a_window(capsys):
    run = Recorded()
    start(run, client=True, web=True)
    assert run.main is screens
    assert "view" not in run.options and run.served is None
    assert capsys.readouterr().err == ""


def test_without_a_client_they_open_in_the_browser_and_say_where(capsys):
    run = Recorded()
    start(run, client=False, web=True)
    assert run.main is None, "Flet's own server lets pages of other sites drive the screens"
    assert run.served == 8765
    said = capsys.readouterr().err
    assert "http://127.0.0.1:8765/" in said
    assert "浏览器" in said


def test_without_either_nothing_runs_and_the_missing_part_is_named():
    run = Recorded()
    with pytest.raises(SystemExit, match="flet-web"):
        start(run, client=False, web=False)
    assert run.main is None


def test_the_browsers_half_is_part_of_the_development_environment():
    assert tablet.has_web()
