"""`python -m bench._notice_memory MAKER notice|record`: one document in a fresh process; its peak in MiB."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench._notice_peers import MAKERS, record, sample


def peak_mib() -> float:
    """The most memory that this process has had.

    Not `ru_maxrss`: that remembers the parent, whose memory a child has until it becomes another program.
    """
    (kib,) = re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))
    return int(kib) / 1024


if __name__ == "__main__":
    maker, what = sys.argv[1:]
    notice = sample(1) if what == "notice" else record(1)
    with TemporaryDirectory() as folder:
        MAKERS[maker](Path(folder)).printed(notice)
    print(peak_mib())
