"""Notices as PDF bytes. The only importer of reportlab."""
