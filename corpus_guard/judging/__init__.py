"""Judges a record against standards: one row for every clause, those that data cannot answer included.

What turns a verdict: requirements of method `data`, and those of method `manifest` once a manifest is given.
Everything else is printed beside it with the evidence that is wanted.
"""

from corpus_guard.judging.assessing import judge, verdicts
from corpus_guard.judging.bench import CORPUS

__all__ = ["CORPUS", "judge", "verdicts"]
