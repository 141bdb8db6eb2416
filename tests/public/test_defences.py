"""What the page must not let through: each test falls when one check of the browser is taken away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Request, expect

from inspector.server.schema import registrations
from inspector.trust import dsse
from inspector.trust.certificates import CERTIFICATE_TYPE
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_text, base64_url_text
from inspector.trust.registration import open_registration, seal_registration
from inspector.trust.strict_json import canonical, parse_object
from inspector.work.registration import REGISTRATION_TYPE
from tests.console.issued_notices import Handed
from tests.console.sealed_replies import proof
from tests.public.scene import Scene, answered
from tests.public.test_page import NO_ED25519
from tests.public.test_replies import enter, fill_in, photo

pytestmark = pytest.mark.browser

FOREIGN = SigningKey(b"\x66" * 32)


@pytest.mark.parametrize("before", ["", NO_ED25519], ids=["webcrypto", "noble"])
def test_a_wrong_signature_under_right_words_is_found(scene: Scene, before: str):
    """Everything that the paper says is as it was: only the signature differs."""
    handed = scene.handed()
    head, _, rest = handed.path.partition("#")
    token, _, key = rest.partition(".")
    other = "A" if token[-40] != "A" else "B"
    with scene.phone(before=before) as page:
        scene.scan(page, handed, f"{head}#{token[:-40]}{other}{token[-39:]}.{key}")
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text("签名与二维码内容不符")


def test_the_code_of_another_notice_at_this_address_is_found(scene):
    handed, other = scene.handed(), scene.handed()
    head, _, rest = other.path.partition("#")
    token = handed.path.partition("#")[2].partition(".")[0]
    with scene.phone() as page:
        scene.scan(page, other, f"{head}#{token}.{rest.partition('.')[2]}")
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text("二维码内容属于另一份文书")


def content(scene: Scene, handed: Handed) -> dict[str, str]:
    """What is sealed under the address's key now."""
    public_id = handed.notice.public_id
    box = scene.rig.real._office.registrations.get(public_id).box
    return dict(json.loads(open_registration(box, key=handed.access.key, public_id=public_id)))


def put(scene: Scene, handed: Handed, **changes: Any) -> None:
    """Whoever has the paper, and the server's help, seals another content under the address's key."""
    public_id, key = handed.notice.public_id, handed.access.key
    forged = seal_registration(canonical({**content(scene, handed), **changes}), key=key, public_id=public_id)
    with scene.rig.real._office.archive.write() as connection:
        mine = registrations.c.public_id == public_id
        connection.execute(registrations.update().where(mine).values(box=forged))


def registration(scene: Scene, handed: Handed, key: SigningKey, **changes: Any) -> str:
    """A registration of the notice with `changes`, signed by `key`."""
    said = parse_object(dsse.peek(content(scene, handed)["registration"].encode()).payload)
    return dsse.sign(canonical({**said, **changes}), REGISTRATION_TYPE, [key]).decode()


def own_feed(scene: Scene) -> SigningKey:
    return scene.rig.made.office.signing["feed"]


def test_a_state_that_the_office_did_not_sign_is_found(scene):
    handed = scene.handed()
    put(scene, handed, registration=registration(scene, handed, FOREIGN, state="closed"))
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text("不是这个办公室签署的")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"public_id": "0" * 32}, "属于另一份文书"),
        ({"tenant": "another"}, "属于另一份文书"),
        ({"number": "（样）另一号"}, "文号不一致"),
        ({"enterprise": "另一家样例单位"}, "被检查单位不一致"),
        ({"issuer": "另一家样例机关"}, "签发单位不一致"),
        ({"digest": "0" * 64}, "正文摘要不一致"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_registration_that_speaks_of_another_paper_is_found(scene, changes, words):
    handed = scene.handed()
    put(scene, handed, registration=registration(scene, handed, own_feed(scene), **changes))
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text(words)


def test_a_tablet_that_the_office_never_certified_is_found(scene):
    handed = scene.handed()
    forged = dsse.sign(canonical(device_certificate(scene)), CERTIFICATE_TYPE, [FOREIGN]).decode()
    put(scene, handed, certificate=forged)
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text("不是这个办公室登记的")


def device_certificate(scene: Scene) -> dict[str, Any]:
    """What the certificate of the scene's tablet says."""
    own = base64_text(scene.tablet.office.device_key.public.raw)
    leaves = scene.rig.desk.database.rows("SELECT bytes FROM leaves WHERE kind = 'certificate'")
    said = [parse_object(dsse.peek(leaf["bytes"]).payload) for leaf in leaves]
    return next(dict(one) for one in said if one["key"] == own)


def test_a_statement_that_its_own_root_did_not_sign_is_found(scene):
    handed = scene.handed()
    envelope = json.loads(scene.rig.made.statement)
    said = parse_object(dsse.peek(scene.rig.made.statement).payload)
    forged = dsse.sign(
        canonical({**said, "office": "另一个样例办公室"}), envelope["payloadType"], [FOREIGN]
    ).decode()
    put(scene, handed, statement=forged)
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text("办公室声明的签名不对")


def test_neither_key_nor_token_nor_code_nor_a_word_of_the_reply_leaves_the_phone(scene, tmp_path):
    handed = scene.handed()
    sent: list[str] = []

    def note(request: Request) -> None:
        body = request.post_data_buffer or b""
        sent.append(f"{request.url} {request.all_headers()} {body.decode('latin-1')}")

    with scene.phone() as page:
        page.on("request", note)
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        fill_in(page, tmp_path)
        page.click("#send")
        expect(page.locator("#receipt")).to_be_visible()
    token, _, key = handed.path.partition("#")[2].partition(".")
    code = handed.access.reply_code.replace("-", "")
    said = [word.encode().decode("latin-1") for word in ("样例回复人", "堵塞物", "000-0000002")]
    assert any("/replies" in one for one in sent)
    assert any(base64_url_text(proof(handed)) in one for one in sent), "what may be sent is seen"
    for secret in (token, key, code, handed.access.reply_code, *said):
        assert [one[:80] for one in sent if secret in one] == []


NOWHERE = "http://127.0.0.2:9/"
WATCH = """window.seen = [];
document.addEventListener("securitypolicyviolation", (event) => window.seen.push(event.effectiveDirective));
const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));"""


@pytest.mark.parametrize(
    ("act", "directive"),
    [
        ("add('script', { textContent: '1' })", "script-src-elem"),
        ("add('style', { textContent: 'p {}' })", "style-src-elem"),
        ("add('iframe', { src: '/n/x' })", "frame-src"),
        (f"add('img', {{ src: '{NOWHERE}' }})", "img-src"),
        (f"fetch('{NOWHERE}').catch(() => {{}})", "connect-src"),
    ],
)
def test_the_policy_stops_what_does_not_belong_to_the_page(scene, act, directive):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        page.evaluate(f"() => {{ {WATCH} {act}; }}")
        page.wait_for_function("window.seen.length > 0")
        assert page.evaluate("window.seen") == [directive]
    scene.outside[:] = [one for one in scene.outside if one != NOWHERE]


def test_a_reply_takes_twelve_photos_and_says_so(scene, tmp_path):
    """The office refuses the whole of a reply with more."""
    handed = scene.handed()
    files = [tmp_path / f"{n}.jpg" for n in range(13)]
    for path in files:
        path.write_bytes(photo("green", (40, 30)))
    with scene.phone() as page:
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        page.set_input_files("#photos-1", files)
        expect(page.locator(".finding").first.locator(".problem")).to_contain_text("最多 12 张")
        expect(page.locator(".photo")).to_have_count(12)


def test_what_is_no_picture_is_said_and_not_sent(scene, tmp_path):
    handed = scene.handed()
    (tmp_path / "不是照片.jpg").write_bytes(b"nonsense")
    with scene.phone() as page:
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        page.set_input_files("#photos-1", tmp_path / "不是照片.jpg")
        expect(page.locator(".finding").first.locator(".problem")).to_contain_text("打不开")
        expect(page.locator(".photo")).to_have_count(0)
