"""Signatures, seals, keys, certificates, chains: what must not be believed, and why."""

from __future__ import annotations

from inspector.errors.family import FormatError, TrustError


class KeyMalformedError(FormatError):
    code = "key.malformed"
    says = "密钥的格式不对：{reason}。"
    hint = "请重新复制完整的密钥，或请管理员重新导出。"


class SealMalformedError(FormatError):
    code = "seal.malformed"
    says = "密封文件的文件头不合格式：{reason}。"
    hint = "文件原样保留；请核对是否为完整的 age 文件。"


class SignatureInvalidError(TrustError):
    code = "signature.invalid"
    says = "签名无效：{reason}。"
    hint = "不要采信这份内容；原样保留并报告管理员。"


class SignerUnknownError(TrustError):
    code = "signer.unknown"
    says = "签名人未经本办公室登记（密钥 {key_id}）。"
    hint = "不要采信；请核对是否来自其他单位或未登记的设备。"


class SignerRevokedError(TrustError):
    code = "signer.revoked"
    says = "签名密钥 {key_id} 已被撤销。"
    hint = "撤销之后的内容已隔离保存，请管理员核查。"


class PayloadTypeError(TrustError):
    code = "signature.payload-type"
    says = "签名的内容不是这里需要的种类（应为 {expected}）。"
    hint = "不要采信；请核对文件是否放错了地方。"


class SignatureMissingError(TrustError):
    code = "signature.missing"
    says = "缺少应有的签名（密钥 {key_id}）。"
    hint = "不要采信这份内容；原样保留并报告管理员。"


class KeyWrongError(TrustError):
    code = "key.wrong"
    says = "手头的密钥都打不开这份密封文件。"
    hint = "请核对是否选对了办公室密钥；旧记录可能需要更换前的密钥。"


class SealForgedError(TrustError):
    code = "seal.forged"
    says = "密封文件的文件头被改动过。"
    hint = "不要采信；原样保留并报告管理员。"


class SealBrokenError(TrustError):
    code = "seal.broken"
    says = "密封的内容被改动或不完整：{reason}。"
    hint = "不要采信已经读出的部分；原样保留，请取一份完整的再试。"


class ChainBrokenError(TrustError):
    code = "chain.broken"
    says = "设备记录链在第 {seq} 号断开：{reason}。"
    hint = "可能有记录被删、换或调序；从这一号起不要采信，并报告管理员。"


class CertificateInvalidError(TrustError):
    code = "certificate.invalid"
    says = "证书不能采信：{reason}。"
    hint = "不要采信由它签名的内容；请管理员核查。"


class DetailsMismatchError(TrustError):
    code = "certificate.details-mismatch"
    says = "姓名、证号与证书不符。"
    hint = "资料可能被换过；请管理员重新核对并签发证书。"
