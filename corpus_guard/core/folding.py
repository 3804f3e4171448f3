"""The data that folding of text rests on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Folding:
    """The data that folding rests on, from `rules/folding/`: frozen and picklable, part of a plan.

    traditional, simplified: equally long strings, a pair a position; so are pictures, pictured. covered: first words
    of the Unicode names of letters that some content rule covers; a document is uncovered when `uncovered_share` of its
    letters are others.
    spelling: separators left out between single Latin letters as well. spellings: words, each with other ways to
    write it that are meant to hide it.
    """

    traditional: str = ""
    simplified: str = ""
    pictures: str = ""
    pictured: str = ""
    invisible: tuple[int, ...] = ()
    separators: str = ""
    spelling: str = ""
    run: int = 3
    uncovered_share: float = 0.3
    covered: tuple[str, ...] = ("CJK", "LATIN")
    spellings: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __hash__(self) -> int:
        """Tables are looked up by it for many a text, and a hash of all these words would take longer than the text."""
        return hash((self.traditional, self.pictures, self.uncovered_share))
