"""The commands that work on files alone: verify, open, keys, checklist."""
