"""Inspector: offline-first safety inspections, from the checklist to a notice that anyone can verify."""

__version__ = "0.1.0"
