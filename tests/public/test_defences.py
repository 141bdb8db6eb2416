"""What the page must not let through: each test falls when one check of the browser is taken away."""

from __future__ import annotations

import json
from hashlib import sha512
from typing import Any

import pytest
from playwright.sync_api import Request, expect

from inspector.errors import InspectorError, KeyMalformedError, SignatureInvalidError
from inspector.server.schema import registrations
from inspector.trust import dsse
from inspector.trust.certificates import CERTIFICATE_TYPE
from inspector.trust.keys import SigningKey, VerifyKey
from inspector.trust.radix import base64_text, base64_url_bytes, base64_url_text
from inspector.trust.registration import open_registration, seal_registration
from inspector.trust.statement import STATEMENT_TYPE
from inspector.trust.strict_json import canonical, parse_object
from inspector.trust.token import verify_token
from inspector.work.registration import REGISTRATION_TYPE
from tests.console.issued_notices import Handed
from tests.console.sealed_replies import proof
from tests.public.scene import Scene, answered, picture
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
    keep(scene, public_id, forged)


def keep(scene: Scene, public_id: str, box: bytes) -> None:
    with scene.rig.real._office.archive.write() as connection:
        mine = registrations.c.public_id == public_id
        connection.execute(registrations.update().where(mine).values(box=box))


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


@pytest.mark.parametrize("changes", [{"kind": "inspector"}, {"tenant": "another"}], ids=["kind", "tenant"])
def test_a_certificate_of_the_office_that_is_no_tablets_of_its_own_is_none(scene, changes):
    handed = scene.handed()
    said = {**device_certificate(scene), **changes}
    own = scene.rig.made.office.signing["issuing"]
    put(scene, handed, certificate=dsse.sign(canonical(said), CERTIFICATE_TYPE, [own]).decode())
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text("不是这个办公室平板的证书")


def test_what_the_office_signed_in_another_shape_is_not_taken(scene):
    """A later format, a state that nobody knows, and an envelope that somebody else signed as well."""
    handed, feed = scene.handed(), own_feed(scene)
    said = parse_object(dsse.peek(content(scene, handed)["registration"].encode()).payload)
    twice = dsse.sign(canonical(said), REGISTRATION_TYPE, [feed, FOREIGN]).decode()
    none = json.dumps({**json.loads(twice), "signatures": []})
    other = dsse.sign(canonical(said), CERTIFICATE_TYPE, [feed]).decode()
    cases = (
        (registration(scene, handed, feed, v=2), "不符", "更新的版本"),
        (registration(scene, handed, feed, state="another"), "无法核对", "状态不认识"),
        (twice, "不符", "不是这个办公室签署的"),
        (none, "不符", "不是这个办公室签署的"),
        (other, "不符", "不是这个办公室签署的"),
        ("[", "不符", "不是这个办公室签署的"),
    )
    with scene.phone() as page:
        for envelope, word, reason in cases:
            put(scene, handed, registration=envelope)
            scene.scan(page, handed)
            answered(page, word)
            expect(page.locator("#reason")).to_contain_text(reason)


def test_content_that_cannot_be_read_ends_the_check_and_shows_nothing_of_it(scene):
    """Whoever holds the paper can seal it: a check that stops must not look as if it went on."""
    handed, root = scene.handed(), FOREIGN.public.raw
    bare = dsse.sign(canonical({"root": base64_text(root)}), STATEMENT_TYPE, [FOREIGN]).decode()
    public_id, key = handed.notice.public_id, handed.access.key
    with scene.phone() as page:
        for sealed, word in (
            (seal_registration(b"no JSON", key=key, public_id=public_id), "不符"),
            (seal_registration(b"null", key=key, public_id=public_id), "无法核对"),
            (seal_registration(canonical({"statement": bare}), key=key, public_id=public_id), "无法核对"),
        ):
            keep(scene, public_id, sealed)
            scene.scan(page, handed)
            answered(page, word)
            expect(page.locator("#paper")).to_be_hidden()
            expect(page.locator("#reply")).to_be_hidden()


def test_what_looks_like_a_page_in_a_registration_is_text(scene):
    handed, script = scene.handed(), "<img src=x onerror='document.title = 1'><b>样例</b>"
    findings = [[1, script, script, "2026-12-08", 0], [2, "", "", "2026-12-08", 0]]
    changes = {"title": script, "reason": script, "findings": findings}
    with scene.phone() as page:
        for state, shown in (("withdrawn", "#more"), ("in-force", "#facts")):
            said = registration(scene, handed, own_feed(scene), state=state, **changes)
            put(scene, handed, registration=said)
            scene.scan(page, handed)
            expect(page.locator(shown)).to_contain_text(script)
        enter(page, handed.access.reply_code)
        expect(page.locator(".finding .facts")).to_have_text([script, "内容见文书原件。"])
        assert page.locator("img, b").count() == 0


def test_a_box_of_a_later_version_is_said_to_be_one(scene):
    handed = scene.handed()
    box = scene.rig.real._office.registrations.get(handed.notice.public_id).box
    keep(scene, handed.notice.public_id, b"\2" + box[1:])
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text("更新的版本")


def test_a_server_that_denies_what_this_phone_has_seen_is_doubted(scene):
    handed = scene.handed()
    archive, mine = scene.rig.real._office.archive, registrations.c.public_id == handed.notice.public_id
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        with archive.write() as connection:
            kept = connection.execute(registrations.select().where(mine)).one()._mapping
            connection.execute(registrations.delete().where(mine))
        page.reload()
        answered(page, "状态存疑")
        expect(page.locator("#reason")).to_contain_text("以前看到过它的第 1 版")
        expect(page.locator("#reply")).to_be_hidden()
        picture(page, "withheld")
        page.evaluate("localStorage.setItem('inspector:root', '0'.repeat(64))")
        page.reload()
        answered(page, "存疑")
        with archive.write() as connection:
            connection.execute(registrations.insert().values(**kept))
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")


def signed_by_the_tablet(scene: Scene, body: bytes) -> str:
    """A token of these fields under a signature that holds."""
    key = scene.tablet.office.device_key
    return base64_url_text(body + key.sign(b"inspector notice token v2\0" + body))


def misshapen(body: bytes) -> dict[str, bytes]:
    """Fields as no tablet writes them."""
    *_, last = texts = texts_of(body)
    return {
        "another version": b"\3" + body[1:],
        "a text more": body + b"\0",
        "a text less": body[: -1 - len(last)],
        "a text cut short": body[:-1],
        "a text longer than the rest": body[: -1 - len(last)] + bytes([len(last) + 1]) + last,
        "no texts at all": body[: -sum(1 + len(text) for text in texts)],
        "no UTF-8": body[:-1] + b"\xff",
    }


def texts_of(body: bytes) -> list[bytes]:
    found, at = [], 61
    while at < len(body):
        found.append(body[at + 1 : at + 1 + body[at]])
        at += 1 + body[at]
    return found


def test_a_token_of_another_shape_is_refused_by_page_and_program_though_its_signature_holds(scene):
    handed = scene.handed()
    head, _, rest = handed.path.partition("#")
    token, _, key = rest.partition(".")
    data, device = base64_url_bytes(token), scene.tablet.office.device_key.public
    body = data[:-64]
    assert signed_by_the_tablet(scene, body) == token
    written = {name: signed_by_the_tablet(scene, other) for name, other in misshapen(body).items()}
    written |= {
        "bytes behind it": base64_url_text(data + b"\0"),
        "padded": token + "=",
        "spaced": token + "%20",
    }
    with scene.phone() as page:
        for name, text in written.items():
            with pytest.raises(InspectorError):
                verify_token(f"INSPECTOR2.{text}", device)
            scene.scan(page, handed, f"{head}#{text}.{key}")
            answered(page, "不符")
            assert page.locator("#reason").inner_text() != "", name


def test_a_key_in_the_address_has_one_spelling(scene):
    handed = scene.handed()
    last = handed.path[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = alphabet[alphabet.index(last) ^ 1]
    with scene.phone() as page:
        for end in (other, last + "AA", ""):
            scene.scan(page, handed, handed.path[:-1] + end)
            answered(page, "不符")
            expect(page.locator("#reason")).to_contain_text("网址末尾不完整")


VERIFY = """async ([key, signature, message]) => {
  const { verify } = await import("/public/proofs.js");
  const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  try { await verify(bytes(key), bytes(signature), bytes(message), "no"); return "good"; }
  catch (error) { return error.message; }
}"""
ORDER = 2**252 + 27742317777372353535851937790883648493
PRIME = 2**255 - 19
EIGHTH = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826


def eight_fold(key: SigningKey, message: bytes) -> bytes:
    """A signature that holds only once both sides of the equation are multiplied by the cofactor, eight."""
    scalar = int.from_bytes(sha512(key.seed).digest()[:32], "little") & (1 << 254) - 8 | 1 << 254
    point = (PRIME - 1).to_bytes(32, "little")  # (0, -1), of order two
    h = int.from_bytes(sha512(point + key.public.raw + message).digest(), "little")
    return point + (h * scalar % ORDER).to_bytes(32, "little")


def signatures_that_are_none() -> list[tuple[bytes, bytes, bytes]]:
    """Key, signature and message; most of them fit by some reading of RFC 8032's equation."""
    key, message = FOREIGN.public.raw, b"sample"
    signature = FOREIGN.sign(message)
    s = int.from_bytes(signature[32:], "little")
    one = (1).to_bytes(32, "little") + bytes(32)
    weak = [y + sign * 2**255 for y in (0, 1, PRIME - 1, EIGHTH, PRIME - EIGHTH) for sign in (0, 1)]
    weak += [PRIME, PRIME + 1, PRIME + 2**255, PRIME + 1 + 2**255]
    return [
        (key, bytes(64), message),
        (key, eight_fold(FOREIGN, message), message),
        (key, signature[:32] + (s + ORDER).to_bytes(32, "little"), message),
        (key, signature[:-1], message),
        (key, signature + b"\0", message),
        (key, b"", message),
        (key[:-1], signature, message),
        (key + b"\0", signature, message),
        # A point of order at most eight takes the same signature for one message in eight, or for each.
        *((y.to_bytes(32, "little"), one, bytes([n])) for y in weak for n in range(16)),
    ]


@pytest.mark.parametrize("before", ["", NO_ED25519], ids=["webcrypto", "noble"])
def test_both_verifiers_refuse_the_same_keys_and_signatures(scene, before):
    key, message = FOREIGN.public.raw, b"sample"
    with scene.phone(before=before) as page:
        page.goto(f"{scene.origin}/r/00000000")
        answered(page, "请输入回复码")
        good = [part.hex() for part in (key, FOREIGN.sign(message), message)]
        assert page.evaluate(VERIFY, good) == "good"
        assert page.locator("html").get_attribute("data-ed25519") == ("noble" if before else "webcrypto")
        for parts in signatures_that_are_none():
            with pytest.raises((KeyMalformedError, SignatureInvalidError)):
                VerifyKey(parts[0]).verify(*parts[1:])
            assert page.evaluate(VERIFY, [part.hex() for part in parts]) == "no", parts[0].hex()


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
