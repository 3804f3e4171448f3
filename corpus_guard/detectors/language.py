"""language: the language and script of every document, as counts; it makes no findings.

Layered, cheap things first: letters by script over the whole text, which decide most scripts alone and tell simplified,
traditional and Cantonese apart by their characters; words that only English has; an identifier (the model of py3langid)
on at most four stretches of what is written in Latin, Cyrillic, Arabic, Devanagari or Bengali letters;
langdetect on what stays ambiguous, and on a fixed sample, as a check. Source code is `code`; formulae, digits, emoji,
base64 and texts too short to tell are `und`. What the labels rest on is data under rules/languages/.

A document is uncovered when at least 30 % of its letters are in languages that no content rule is written in.

Example: a document with two paragraphs in Chinese and one in German is `zh-Hans` and `de`; no rule is in German.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Folded, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.core.language import LanguageData, Told
from corpus_guard.languages.identifier import read_ahead
from corpus_guard.languages.telling import Teller
from corpus_guard.matching.views import View


class Language:
    """Tells the languages of documents."""

    name = "language"
    columns: tuple[str, ...] = ()
    content = False
    options: tuple[str, ...] = ()
    gates: Sequence[Gate] = ()

    def __init__(self, setting: Setting) -> None:
        """Take `data`, `covered` (languages of the content rules) and `share` from the options."""
        data = setting.options.get("data") or LanguageData()
        covered = frozenset(setting.options.get("covered", ()))
        self._teller = Teller(data, covered, float(setting.options.get("share", 0.3)))

    def prepare(self) -> None:
        """Begin to read what most corpora need."""
        read_ahead()

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return nothing: a language is no finding."""
        return Findings.none()

    def tell(self, batch: Batch, views: Sequence[Folded]) -> Told:
        """Return the languages of each document of *batch*."""
        return self._teller.tell(batch, cast("Sequence[View]", views))
