"""The supervisor's desk."""
