"""Nouns and arithmetic. Pure: nothing here reads a file, starts a process or knows a term, a pattern or a threshold."""
