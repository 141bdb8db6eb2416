"""Notices: composed, printed, numbered, sealed by the office, and an office's own forms."""

from __future__ import annotations

from inspector.errors.family import AvailabilityError, Fault, FormatError, RefusalError, TrustError


class FormsOlderError(RefusalError):
    code = "forms.older"
    says = "办公室发来的第 {version} 版本单位文书模板比本机的第 {current} 版旧，没有采用。"
    hint = "继续用本机的模板；请报告管理员核查为什么又发来旧的。"


class NumberMissingError(RefusalError):
    code = "notice.no-number"
    says = "本机没有可用的文书编号。"
    hint = "联网后会自动领取号段；在此之前文书带“草稿”水印。"


class PrintForbiddenError(RefusalError):
    code = "notice.forbidden"
    says = "“{issuer}”不得出具含有“{what}”的文书。"
    hint = "请改用本单位可以出具的文书种类。"


class NoticeIncompleteError(RefusalError):
    code = "notice.incomplete"
    says = "文书还不能生成：{reason}。"
    hint = "请补齐后再生成；检查记录不受影响。"


class NoticeIssuedError(RefusalError):
    code = "notice.issued"
    says = "{kind}已经出具：{number}。"
    hint = "出具后不能修改，也不会再占用编号；可在“已出具”中查看或再次保存。"


class NoticeUnregisteredError(RefusalError):
    code = "notice.unregistered"
    says = "这份文书还没有在服务器上登记。"
    hint = "请核对地址或编号；刚送达的文书要等平板联网后才会登记，请过一两天再试。"


class NoticeVersionError(RefusalError):
    code = "notice.version"
    says = "服务器上的登记已是第 {version} 版，这一版不比它新。"
    hint = "会以更新的版本自动重新登记。"


class SealOnceError(RefusalError):
    code = "notice.sealed-already"
    says = "这份文书的办公室副本已经签署过。"
    hint = "可以直接下载；同一份文书只签署一份副本。"


class NotForSealingError(RefusalError):
    code = "notice.not-for-sealing"
    says = "这份文书不能签署办公室副本：{reason}。"
    hint = "只签署已编号、核验为真实有效、未被退回的文书。"


class AppealMissingError(RefusalError):
    code = "notice.appeal-missing"
    says = "“{issuer}”还没有填写复议机关或管辖法院，暂不能打印任何文书。"
    hint = "请管理员在审核台“办公室”的“签发机关”里填写经法制人员确认的全称；检查结果已保存，不受影响。"


class GlyphMissingError(RefusalError):
    code = "notice.glyph-missing"
    says = "文书没有生成：字库里没有 {characters}（{fields}）。"
    hint = "请核对是否录错；无误可选“留空手写”，打印后由本人填写。内容原样保存在记录中。"


class PdfForeignError(FormatError):
    code = "notice.pdf-foreign"
    says = "这份 PDF 不是本系统原样输出的，或输出之后被改动、追加过。"
    hint = "请向签发单位索取原件，或扫描纸面上的二维码核对。"


class AccessMalformedError(FormatError):
    code = "notice.access-malformed"
    says = "文书的公开地址或回复码不对：{what}。"
    hint = "请管理员核对办公室设置中的公开地址；检查记录不受影响。"


class NumberTemplateError(FormatError):
    code = "notice.number-template"
    says = "文书编号模板不能用：{reason}。"
    hint = "写法如 （{{region}}）应急责改〔{{year}}〕{{serial}}号；要补零写 {{serial:04}}。"


class FormsUnfitError(FormatError):
    code = "forms.unfit"
    says = "本单位文书模板第 {version} 版在本机用不了，没有采用：{reason}。"
    hint = "继续用原来的模板；请先升级本机程序，仍不行请报告管理员。"


class FontUnusableError(FormatError):
    code = "notice.font"
    says = "字体文件 {file} 缺失或损坏。"
    hint = "请重新安装本程序；检查记录不受影响。"


class FontRefusedError(FormatError):
    code = "notice.font-refused"
    says = "这个字体不能用于文书：{reason}。"
    hint = "请换一个允许嵌入的 TrueType 字体（.ttf）；在此之前文书用自带的字体。"


class FontListError(FormatError):
    code = "notice.font-list"
    says = "文书所附的字体清单不是本程序写的。"
    hint = "请向签发单位索取原件。"


class NoticeTemplateError(FormatError):
    code = "notice.template"
    says = "文书模板 {file} 不能用：{reason}。"
    hint = "请按 docs/formats/notice.md 中的写法修改；检查记录不受影响。"

    def __init__(self, *, file: str, reason: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(file=file, reason=reason)
        self.faults = faults


class AnnexPhotoError(FormatError):
    code = "notice.photo"
    says = "附件照片 {number} 不能印：{reason}。"
    hint = "请重新生成这张照片的打印副本；照片原件不受影响。"


class PdfMalformedError(FormatError):
    code = "notice.pdf"
    says = "这个 PDF 不是本系统生成的文书，或已损坏：{reason}。"
    hint = "请使用收到的原文件，不要使用另存、打印或合并后的文件。"


class OfficeCopyInvalidError(TrustError):
    code = "notice.copy-invalid"
    says = "办公室副本的签名不能采信：{reason}。"
    hint = "请勿采信这份文件，向签发单位索取原件。"


class TimestampInvalidError(TrustError):
    code = "notice.timestamp"
    says = "时间戳机构的答复不能采信：{reason}。"
    hint = "请检查审核台“副本”页的时间戳设置；已签署的副本不受影响。"


class FormsForgedError(TrustError):
    code = "forms.forged"
    says = "办公室发来的本单位文书模板不能采信：{reason}。"
    hint = "没有采用，继续用原来的模板；请报告管理员核查。"


class FormsConflictError(TrustError):
    code = "forms.conflict"
    says = "收到另一份同为第 {version} 版的本单位文书模板，内容与本机的不同，没有采用。"
    hint = "继续用本机的模板；请报告管理员核查。"


class NumbersOverlapError(TrustError):
    code = "numbers.overlap"
    says = "办公室发来的文书号 {first} 至 {last} 与本机已有的号段重叠，没有采用。"
    hint = "本机原有的号可以照常使用；请报告管理员核查号段。"


class NumberTwiceError(TrustError):
    code = "numbers.twice"
    says = "同一个文书号“{number}”用在了两份文书上。"
    hint = "请打开“文书号”核对两份文书，收回其中一份并重新编号；查明相关平板是否被还原过旧资料。"


class NumberForeignError(TrustError):
    code = "numbers.foreign"
    says = "文书号“{number}”不在出具它的平板当时持有的号段里。"
    hint = "请打开“文书号”核对这个号归谁，并查明该平板的资料是否被还原或复制过。"


class NumberQuarantinedError(TrustError):
    code = "numbers.quarantined"
    says = "文书号“{number}”印在停用平板后来传来的一份文书上；这份文书已隔离，不予采信。"
    hint = "请核实它是否已交给单位：已交出的应收回，另行出具；这个号不会再发给别的平板。"


class BlockTwiceError(TrustError):
    code = "numbers.block-twice"
    says = "文书号 {first} 至 {last} 同时在两台平板手里。"
    hint = "请立即收回其中一台平板的号段，并核对已出具的文书；审核台可能由旧备份恢复过。"


class RegistrationTooLongError(RefusalError):
    code = "notice.registration-too-long"
    says = "公开登记的内容太长，放不下。"
    hint = "请核对文书的单位、标题等是否异常冗长。"


class SeriesEndsError(RefusalError):
    code = "numbers.series-ends"
    says = "{year} 年“{document}”的号最大到 {last}，现在只剩 {left} 个可发。"
    hint = "请打开“文书号”核对是哪台平板的号段占到了末尾，查明其资料是否被改动过；未用的号收回后可以再发。"


class TimestampUnreachableError(AvailabilityError):
    code = "notice.timestamp-unreachable"
    says = "时间戳机构没有答复：{reason}。"
    hint = "文书没有签署，什么也没有丢失；请稍后再试，或在“副本”页停用时间戳。"
