"""Turns an outside list of terms into a rules folder that `--rules` takes; says what was dropped and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from corpus_guard.catalog.conventions import read_folding
from corpus_guard.catalog.rules import EXAMPLES, GRADES, SHORTEST, read_rule_file, read_rules
from corpus_guard.catalog.standards import DEFAULT_STANDARD, read_standard
from corpus_guard.errors import UsageError, did_you_mean
from corpus_guard.matching.tables import tables
from corpus_guard.runs import write_text
from corpus_guard.term_lists import Listed, read_terms

_HEAD = 'detector = "keywords"\n'
_RULE = """
[[rule]]
id = "imported-{slug}"
title = "Terms imported from {file}"
risk = "{risk}"
grade = "{grade}"
status = "experimental"
since = "{today}"
updated = "{today}"
terms = [
{terms}]
must_match = [{first}, {last}]
must_not_match = [{innocent}]
"""

_INNOCENT = (
    "今天天气很好。",
    "a plain sentence",
    "他在图书馆看书。",
    "three new bridges",
    "春天来了，花开了。",
    "0 1 2 3 4",
)
"""What no term may stand in; the first of these that hold none become the rule's own counter-examples."""

Terms = dict[str, dict[str, None]]
"""Folded terms by risk, in the order of the list."""


def import_terms(file: Path, *, risk: str | None, out: Path, grade: str = "suspect") -> tuple[int, Counter[str]]:
    """Write rules of the terms in *file*; return how many were taken, and how many were dropped by reason.

    Reads what `read_terms` reads. Without *risk*, the column 二级分类 gives the risk of each term, by its Chinese title
    or its id. A term that a shipped rule or another rule in *out* has already is dropped: no term may stand twice.
    Raises `UsageError` and `CatalogError`.
    """
    risks = read_standard(DEFAULT_STANDARD).risks
    _check(risk, grade, [known.id for known in risks])
    fold = tables(read_folding(frozenset({"zh", "en"})), 2).fold_text
    path = out / f"{_slug(file, risk or '')}.toml"
    named = {_plain(name, fold): known.id for known in risks for name in (known.zh, known.id)}
    terms, dropped = _usable(_with_risks(read_terms(file), risk, named, fold), fold, _known(out, path, fold))
    if not terms:
        raise UsageError(f"{file} holds no term that can be used{_why(dropped)}; give terms of two or more characters")
    _write(terms, _innocent(terms, file, fold), file, path, grade)
    return sum(map(len, terms.values())), dropped


def _check(risk: str | None, grade: str, risks: Sequence[str]) -> None:
    if risk is not None and risk not in risks:
        raise UsageError(
            f'no risk is called "{risk}"{did_you_mean(risk, risks) or "."} Risks run from {risks[0]} to {risks[-1]}.'
        )
    if grade not in GRADES:
        hint = did_you_mean(grade, GRADES) or "."
        raise UsageError(f'no grade is called "{grade}"{hint} Grades: {", ".join(GRADES)}.')


def _with_risks(
    listed: Iterable[Listed], risk: str | None, named: Mapping[str, str], fold: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Each term with the id of its risk: *risk*, else what the list says; empty when that is none of *named*."""
    known: dict[str, str] = {}
    for one in listed:
        if risk is None and one.risk not in known:
            known[one.risk] = named.get(_plain(one.risk, fold), "")
        yield one.term, risk or known[one.risk]


def _plain(name: str, fold: Callable[[str], str]) -> str:
    return "".join(filter(str.isalnum, fold(name)))


def _usable(
    raw: Iterable[tuple[str, str]], fold: Callable[[str], str], known: Collection[str]
) -> tuple[Terms, Counter[str]]:
    """The terms that rules can hold, folded, by risk, and how many of the others there are by reason."""
    terms: Terms = {}
    taken: set[str] = set()
    dropped: Counter[str] = Counter()
    for text, risk in raw:
        folded = fold(text.strip())
        fault = _fault(text, folded, risk)
        if fault:
            dropped[fault] += 1
        elif folded in known:
            dropped["a term that another rule has already"] += 1
        elif folded in taken:
            dropped["a term that folds to an earlier one"] += 1
        else:
            taken.add(folded)
            terms.setdefault(risk, {})[folded] = None
    return terms, dropped


def _fault(text: str, folded: str, risk: str) -> str:
    if not risk:
        return "a term whose 二级分类 names no risk; give --risk, or the risk's Chinese title or id in that column"
    if len(folded.strip()) < SHORTEST:
        return "a term of fewer than two characters"
    if not folded.isprintable():
        return "a term with control characters"
    if ord(max(text)) > 0xFFFF:
        return "a term with an emoji or rare character, which folding does not tell apart"
    return ""


def _why(dropped: Counter[str]) -> str:
    return f" ({'; '.join(f'{count:,}: {reason}' for reason, count in dropped.most_common())})" if dropped else ""


def _known(out: Path, path: Path, fold: Callable[[str], str]) -> frozenset[str]:
    """The folded terms of the shipped rules and of those in *out*, but not of the file that is to be replaced."""
    rules = [*read_rules()]
    for file in sorted(out.rglob("*.toml")) if out.is_dir() else []:
        rules += read_rule_file(file) if file != path else ()
    phrases = [phrase for rule in rules if rule.detector == "keywords" for phrase in rule.phrases]
    return frozenset(fold("\n".join(phrases)).split("\n"))


def _innocent(terms: Terms, file: Path, fold: Callable[[str], str]) -> Sequence[str]:
    plain = {text: fold(text) for text in _INNOCENT}
    taken = [term for held in terms.values() for term in held]
    innocent = [text for text, folded in plain.items() if not any(term in folded for term in taken)]
    if len(innocent) < EXAMPLES:
        raise UsageError(f"the terms of {file} stand in plain sentences ({_INNOCENT[0]}); leave the commonest out")
    return innocent[:EXAMPLES]


def _slug(file: Path, risk: str) -> str:
    stem = "".join(c if c.isascii() and c.isalnum() else "-" for c in file.stem.lower()).strip("-") or "list"
    return "-".join(filter(None, (stem, risk.lower())))


def _write(terms: Terms, innocent: Sequence[str], file: Path, path: Path, grade: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = file.name.replace('"', "'").replace("\\", "/")
    today = datetime.now(UTC).date().isoformat()
    rules = [
        _RULE.format(
            slug=_slug(file, risk), file=shown, risk=risk, grade=grade, today=today,
            innocent=", ".join(map(_quoted, innocent)), terms="".join(f"  {_quoted(term)},\n" for term in held),
            first=_quoted(next(iter(held))), last=_quoted(next(reversed(held))),
        )
        for risk, held in sorted(terms.items())
    ]  # fmt: skip
    write_text(path, _HEAD + "".join(rules))


def _quoted(term: str) -> str:
    escaped = term.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
