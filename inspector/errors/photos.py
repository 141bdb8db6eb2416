"""Photos, and the camera that takes them."""

from __future__ import annotations

from inspector.errors.family import AvailabilityError, FormatError, RefusalError, TrustError


class PhotoMissingError(RefusalError):
    code = "photo.missing"
    says = "本机没有这张照片（{sha256}）。"
    hint = "请核对是否在另一台设备上拍摄，或已按办公室的确认清理。"


class PhotoFormatError(FormatError):
    code = "photo.format"
    says = "这个文件不能作为照片使用：{found}。"
    hint = "请使用 JPEG、PNG 或 WebP 照片；苹果手机请在“设置 › 相机 › 格式”中选“兼容性最佳”后重拍。"


class PhotoTooLargeError(FormatError):
    code = "photo.too-large"
    says = "照片太大：{size}，上限是 {limit}。"
    hint = "请调低相机分辨率后重拍，或缩小后再选；其他内容不受影响。"


class PhotosTooLargeError(FormatError):
    code = "photo.too-many"
    says = "一次选择的照片加起来超过 {limit}，浏览器的连接因此断开，这一次选的都没有加入。"
    hint = "请重新输入 PIN，分几次选择；已保存的内容都在本机。"


class PhotoUnreadableError(FormatError):
    code = "photo.unreadable"
    says = "照片读不出来：{reason}。"
    hint = "文件可能不完整，请重新拍摄或重新选择；其他内容不受影响。"


class PhotoDamagedError(TrustError):
    code = "photo.damaged"
    says = "照片文件已损坏或被替换（{sha256}）。"
    hint = "文件原样保留；请重新拍摄，并报告管理员。"


class PhotoWorkerError(AvailabilityError):
    code = "photo.worker"
    says = "现在无法显示照片：{reason}。"
    hint = "照片原件完好，请稍后再打开；若一直如此，请报告管理员。"


class CameraUnavailableError(AvailabilityError):
    code = "camera.unavailable"
    says = "现在用不了相机：{reason}。"
    hint = "可以再试一次，或改为选择图片；已填的内容都在本机。"
