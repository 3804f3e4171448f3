"""The sentence that every report begins with: what a PASS says, and what it does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus_guard.reports.recall import recall_words

_DIGITS = 12
_NOTHING = "–"
_SENTENCES = {
    "en": "PASS means that these rules (digest {rules}, languages {languages}, measured recall: {recall}) found no "
    "breach in these bytes (digest {input}); it is not a statement of conformity.",
    "zh": "通过（PASS）仅表示：这些规则（摘要 {rules}，语言 {languages}，实测召回率：{recall}）"
    "在这些字节（摘要 {input}）中没有发现违规；它不是符合性声明。",
}


def statement(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentence about a run in each language, `en` and `zh`; *facts* is what run.json holds."""
    recall = recall_words(facts.get("measured"))
    digests = {name: facts["digests"][name][:_DIGITS] or _NOTHING for name in ("rules", "input")}
    languages = ", ".join(facts.get("languages", [])) or _NOTHING
    return {
        language: sentence.format(languages=languages, recall=recall[language], **digests)
        for language, sentence in _SENTENCES.items()
    }
