"""Signing, sealing and evidence: bytes in, bytes out.

* No module here reads a file, a socket, a clock or the environment; time is passed in.
* Verification raises a `TrustError`; it never returns a boolean.
* The algorithm follows from the key's own record, never from the message.
* This is the only part of the package that imports `cryptography`.
"""
