"""The device's memory: encrypted journals under TinyDB, photos, the vault.

The only importer of tinydb and pypinyin.

    from tinydb import TinyDB
    db = TinyDB(path, storage=SealedStorage, key=key)     an ordinary TinyDB, encrypted and durable
    db = open_database(path, key)                         the same, and a tap costs what it changes
"""

from inspector.store.journal import Recovery, SealedStorage, recover
from inspector.store.table import Database, DeltaTable, KeyedTable, open_database

__all__ = [
    "Database",
    "DeltaTable",
    "KeyedTable",
    "Recovery",
    "SealedStorage",
    "open_database",
    "recover",
]
