"""Checklist and law files, read strictly: every fault at once, each with its place, rule and suggestion."""

from inspector.catalog.checklist_file import read_checklist
from inspector.catalog.folder import Catalogue, read_all
from inspector.catalog.law_file import read_laws
from inspector.catalog.lint import broken_promises, warnings_of

__all__ = ["Catalogue", "broken_promises", "read_all", "read_checklist", "read_laws", "warnings_of"]
