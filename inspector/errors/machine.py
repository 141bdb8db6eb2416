"""What is around the program: files, clock, components, mishaps."""

from __future__ import annotations

from inspector.errors.family import AvailabilityError, FormatError


class InputUnreadableError(FormatError):
    code = "file.unreadable"
    says = "“{file}”读不出来：{reason}。"
    hint = "请检查文件名和权限，以及文件是否完整。"


class FileTextError(FormatError):
    code = "file.text"
    says = "“{file}”不是 UTF-8 编码的文本文件。"
    hint = "请在编辑器中另存为 UTF-8 编码后再选一次；原来的内容没有变。"


class FileSaveError(AvailabilityError):
    code = "file.save"
    says = "文书没有保存出去。"
    hint = "文书仍在本机，请换一个位置再试。"


class FileNotWrittenError(AvailabilityError):
    code = "file.not-written"
    says = "“{file}”没有写出来：{reason}。"
    hint = "请换一个位置，或关掉正在打开它的程序再试；原来的文件没有改动。"


class LibraryMissingError(AvailabilityError):
    code = "program.library"
    says = "这里没有安装所需的组件 {name}。"
    hint = "请在办公室的电脑上安装：pip install 'inspector[office]'。"


class MishapError(AvailabilityError):
    code = "program.mishap"
    says = "程序遇到意外情况，刚才的操作可能没有完成。"
    hint = "已显示“已保存”的内容都在本机。请再试一次；若反复出现，请在“设置”中导出诊断文件交给管理员。"


class ClockMovedError(AvailabilityError):
    code = "clock.moved"
    says = "本机时间刚被调{way}了 {span}。"
    hint = "请在系统设置中核对日期和时间。已填的内容都在；这次检查会注明时间被调整过。"
