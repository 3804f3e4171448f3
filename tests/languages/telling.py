"""Languages of texts as the detector tells them, without a scan."""

from __future__ import annotations

from collections.abc import Sequence

from corpus_guard.catalog.languages import read_languages
from corpus_guard.core.batch import Batch
from corpus_guard.core.folding import Folding
from corpus_guard.core.language import Told
from corpus_guard.languages.telling import Teller
from corpus_guard.matching.views import views_of

DATA = read_languages()
FOLDING = Folding()


def told(texts: Sequence[str], covered: Sequence[str] = ("zh", "en")) -> Told:
    """Return what is told of *texts*, a document each, where rules are written in *covered*."""
    batch = Batch.of_texts(texts)
    return Teller(DATA, frozenset(covered)).tell(batch, views_of(batch, FOLDING))


def labels(text: str) -> list[str]:
    """Return the labels of one text, the largest first."""
    return list(told([text]).of(0))
