"""Pictures: what is accepted, what is kept of it, and how a stranger's picture is looked at safely.

* `header` reads format and size from the first bytes, in Python alone, before any decoder runs.
* `picture` makes the one form that is kept: upright, sRGB, scaled, free of metadata, hashed after that.
* `isolation` lets a process that holds no key do the decoding (`worker` is that process).
* `qr` reads a QR code where the reader is installed.

The only importer of Pillow and zxing-cpp. Modules are imported by name, so that a program that shows no
picture does not pay for Pillow at its start.
"""
