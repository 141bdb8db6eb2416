"""Addresses as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import AddressRefusedError
from inspector.sync.address import OfficeAddress


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://office.example.cn", "https://office.example.cn"),
        (" https://office.example.cn:8443/ ", "https://office.example.cn:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
def test_an_address_is_its_origin(text: str, origin: str) -> None:
    assert OfficeAddress.parse(text).origin == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "office.example.cn",
        "ftp://office.example.cn",
        "http://office.example.cn",
        "http://10.0.0.7",
        "http://localhost.example.cn",
        "http://127.0.0.1.example.cn",
        "http://2130706433",
        "https://user:secret@office.example.cn",
        "https://office.example.cn/path",
        "https://office.example.cn?x=1",
        "https://office.example.cn#x",
        "https://",
        "https://:443",
        "https://office..cn",
        "https://off ice.cn",
        "https://office.cn:99999",
        "https://office.cn:0",
        "https://[::1",
        "https://办公室.cn",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_safe_address_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(AddressRefusedError) as caught:
        OfficeAddress.parse(text)
    assert caught.value.facts["reason"]


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for candidate in (text, "https://" + text, "http://" + text):
        try:
            origin = OfficeAddress.parse(candidate).origin
        except AddressRefusedError:
            continue
        assert origin.startswith("https://") or origin.split("//")[1].startswith(
            ("127.", "localhost", "[::1")
        )
