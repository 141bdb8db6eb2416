"""`python -m bench._notice_memory MAKER notice|record`: one document in a fresh process; its peak in MiB."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench._notice_peers import MAKERS, record, sample

if __name__ == "__main__":
    maker, what = sys.argv[1:]
    notice = sample(1) if what == "notice" else record(1)
    with TemporaryDirectory() as folder:
        MAKERS[maker](Path(folder)).printed(notice)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
