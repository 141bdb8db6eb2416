"""One office and one browser for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import launched
from tests.console.desk_rig import DeskRig
from tests.public.scene import Scene, with_fonts


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with DeskRig(tmp_path_factory.mktemp("public")) as rig, sync_playwright() as playwright:
        browser = launched(playwright, with_fonts(rig.folder))
        found = Scene(rig, browser)
        yield found
        browser.close()
        assert found.outside == []
