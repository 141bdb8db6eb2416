"""Signing, sealing, keys and the log: bytes in, bytes out. The only importer of `cryptography`."""
