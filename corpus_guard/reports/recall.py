"""How the first sentence of a report states the measured recall: a PASS says no more than the rules can find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus_guard.core.verdict import percent

_DIGITS = 12
_RECALL = {
    "en": "{language} {violation} as violations, {found} with suspects",
    "zh": "{language} 违规 {violation}，含疑似 {found}",
}
_ALARMS = {
    "en": "false alarms in clean documents {violation} as violations, {found} with suspects",
    "zh": "干净文档误报 违规 {violation}，含疑似 {found}",
}
_MEASURED = {"en": "measured on {measured}", "zh": "测于 {measured}"}
_OTHER = {"en": " with other keyword rules, digest {rules}", "zh": "，所测为另一版关键词规则，摘要 {rules}"}
_NOTHING = {"en": "not measured", "zh": "未测"}
_JOINT = {"en": "; ", "zh": "；"}


def recall_words(measured: Mapping[str, Any] | None) -> dict[str, str]:
    """Return what a run knows of the accuracy of its keyword rules, in the words of each language, `en` and `zh`.

    *measured* is what run.json holds under that name; None when nothing was measured or `keywords` did not run.
    """
    if not measured or not measured["recall"]:
        return dict(_NOTHING)
    return {language: _words(measured, language) for language in _NOTHING}


def _words(measured: Mapping[str, Any], language: str) -> str:
    parts = [_RECALL[language].format(language=code, **_shown(one)) for code, one in measured["recall"].items()]
    if measured["false_alarms"]:
        parts.append(_ALARMS[language].format(**_shown(measured["false_alarms"])))
    other = "" if measured["same_rules"] else _OTHER[language].format(rules=measured["rules"][:_DIGITS])
    return _JOINT[language].join([*parts, _MEASURED[language].format(measured=measured["measured"]) + other])


def _shown(shares: Mapping[str, float]) -> dict[str, str]:
    return {name: percent(share) for name, share in shares.items()}
