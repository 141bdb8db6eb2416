"""The shipped catalogue, read once in a run: several files of tests ask about it, and it cannot change."""

from pathlib import Path

from inspector.catalog import read_all

FOLDER = Path(__file__).parents[1] / "checklists"
CATALOGUE = read_all(FOLDER)
