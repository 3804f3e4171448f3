"""Counts in sentences."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return *number* with *noun*, in the plural unless there is one.

    >>> counted(1, "source"), counted(0, "gap"), counted(1234, "work")
    ('1 source', '0 gaps', '1,234 works')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
