"""Checklist and law files, read strictly: every fault at once, each with its place, rule and suggestion."""
