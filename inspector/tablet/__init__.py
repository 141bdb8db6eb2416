"""The inspector's app."""
