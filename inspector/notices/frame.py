"""What the documents of a template say whatever their notice: the characters whose outlines are packed once.

A character that is missing here, or too many, changes no text: it only costs time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from string import Formatter

from inspector.notices.fonts import Face, FontBook
from inspector.notices.template_file import DocumentTemplate

Blocks = tuple[str, ...]
"""Characters in groups: what a document leaves out of one group does not touch the others."""

_BLOCK = 64
"""Smaller groups pack worse, larger ones are more often touched."""

_TEXT = (
    "　0123456789abcdef-：，。、；（）〔〕《》第页共公开编号检查记录摘要日志年月日时分至项于前整改完毕"
    "证件手写签名另有密钥署人员被单位收期限立即正照片附现场实测疑似重大隐患对判断按上报理由不已当"
    "扫描二维码或用核验程序打本文书的电子版可以内容是否动真伪和办理状态后在网回复账没摄像头浏览器输入"
    "拒绝原因见未续印章负责职务工作节假国务院公布待定格适措针直接份"
)
"""What the forms write by themselves, each character once; `tests/notices/test_frame.py` names what lacks."""

_LABELS = "被检查单位统一社会信用代码地址负责人职务联系电话检查场所检查时间复查序号受送达移机关有"


def frame_of(template: DocumentTemplate, book: FontBook) -> Mapping[Face, Blocks]:
    """The characters that a template's documents have in common and that can be packed apart, by face."""
    sentences = (template.number, template.salutation, *template.before, *template.after)
    spoken = (template.officer, template.receiver, *template.copies)
    texts = {
        Face.BODY: (*sentences, *spoken, _TEXT, template.title),
        Face.BOLD: (template.title, *template.columns, _LABELS),
        Face.TITLE: (template.title,),
    }
    return {face: tuple(_blocks(parts, face, book)) for face, parts in texts.items()}


def _blocks(texts: Iterable[str], face: Face, book: FontBook) -> Iterator[str]:
    words = "".join(literal for text in texts for literal, *_ in Formatter().parse(text))
    chars = (char for char in dict.fromkeys(words) if book.packs(char, face))
    while block := "".join(islice(chars, _BLOCK)):
        yield block
