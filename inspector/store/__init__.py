"""The device's memory: encrypted journals under TinyDB, photos, the vault.

The only importer of tinydb and pypinyin.
"""
