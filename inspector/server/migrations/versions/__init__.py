"""The steps, in the order of their numbers; a released step is never edited."""
