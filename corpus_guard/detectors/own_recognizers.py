r"""Recognisers that users wrote for Presidio, unchanged: `[personal_info] recognizers = ["mine.py", "package:Class"]`.

A name stands for a Python file, whose recognisers are the classes derived from `EntityRecognizer` and the instances
of such that it makes, or for one class or instance of an installed module. Each sees whole texts as they were written,
in a process of its own (`detectors.recognizer_process`), with the empty analysis of a language that Presidio's `no_op`
engine gives; one that only matches patterns sees it once more with spaces for Chinese, so that `\b` loses nothing
that touches it. A text without a hit of the gates that its patterns give is not shown to it; one whose patterns give
none, or that is no `PatternRecognizer`, sees every text.

For each entity there is a rule, `recognizer-<entity>`, whose grade is suspect until `[rules]` says otherwise; what
stays below the score that Presidio gives to a match with context is info.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.detector import UncheckedError
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.detectors.pattern_rules import longest
from corpus_guard.detectors.recognizer_process import RecognizerError, RecognizerProcess, Result
from corpus_guard.detectors.recognizers import REACH, as_spaced, named, weights, with_context, without_network
from corpus_guard.detectors.regex_gates import gates_of
from corpus_guard.errors import UsageError

OPTION = "recognizers"
SECONDS = "recognizer_seconds"
_USUAL_SECONDS = 10.0
_WHERE = 'pipeline [personal_info]: "recognizers"'


def own_rules(options: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Return a rule for each entity of the recognisers that *options* name; raise `UsageError`."""
    sources: dict[str, list[str]] = {}
    for name in _names(options):
        for recognizer in load(name):
            for entity in recognizer.supported_entities:
                sources.setdefault(str(entity), []).append(name)
    return tuple(_rule(entity, list(dict.fromkeys(names))) for entity, names in sorted(sources.items()))


def _rule(entity: str, names: Sequence[str]) -> Rule:
    return Rule(
        id="recognizer-" + re.sub(r"[^a-z0-9]+", "-", entity.lower()).strip("-"),
        detector="personal_info",
        title=f"{entity}, by a recogniser of your own",
        risk="A.4.f",
        grade=Grade.SUSPECT,
        entity=entity,
        category="其他信息",
        recognizer="; ".join(f"{name} (SHA-256 {_digest(name)})" for name in names),
        file=_WHERE,
    )


def is_own(rule: Rule) -> bool:
    """Say whether *rule* is found by a recogniser that a user wrote."""
    return rule.file == _WHERE


def _names(options: Mapping[str, Any]) -> Sequence[str]:
    names = options.get(OPTION, ())
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise UsageError(f'{_WHERE} lists files and classes, such as ["mine.py", "package.module:Class"]')
    return tuple(names)


def _seconds(options: Mapping[str, Any]) -> float:
    seconds = options.get(SECONDS, _USUAL_SECONDS)
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds < float("inf"):
        raise UsageError(f'pipeline [personal_info]: "{SECONDS}" is {seconds!r}; expected seconds, such as 10')
    return float(seconds)


class OwnRecognizers:
    """Recognisers that users wrote, and the gates they need."""

    def __init__(
        self, rules: Sequence[tuple[int, Rule]], options: Mapping[str, Any], fold: Callable[[str], str]
    ) -> None:
        """Set up what *options* name; *rules* are those of `own_rules`. Raises `UsageError`."""
        self._rules = {rule.entity: (number, rule) for number, rule in rules}
        loaded = [(name, one) for name in _names(options) for one in load(name)]
        gates: list[Gate] = []
        self._always: list[int] = []
        of_gate: list[int] = []
        for number, (_, recognizer) in enumerate(loaded):
            own = _gates(recognizer, fold)
            self._always += [] if own else [number]
            gates += own
            of_gate += [number] * len(own)
        self.gates: Sequence[Gate] = tuple(gates)
        self._of_gate = np.array(of_gate, np.int64)
        titles = [f"{one.name} ({Path(name).name})" for name, one in loaded]
        self._process = RecognizerProcess(_names(options), titles, _seconds(options))

    def findings(self, candidates: Candidates, batch: Batch) -> Findings:
        """Return what is found in texts with *candidates* (gates numbered from 0); of overlapping ones the longest.

        Raises `UncheckedError` naming the documents about which a recogniser gave no answer.
        """
        asked: dict[int, set[int]] = {
            text: set(self._always) for text in range(len(batch.texts) if self._always else 0)
        }
        for text, number in zip(candidates.text.tolist(), self._of_gate[candidates.gate].tolist(), strict=True):
            asked.setdefault(text, set()).add(number)
        found: list[tuple[int, int, int, int, int, float]] = []
        reasons: dict[int, str] = {}
        for text, numbers in sorted(asked.items()):
            document = int(batch.documents[text])
            try:
                whole = str(batch.texts[text])
                results = self._process.results(whole, sorted(numbers)) if document not in reasons else []
                found += [self._row(text, len(whole), *result) for result in results]
            except RecognizerError as error:
                reasons[document] = str(error)
        if reasons:
            raise UncheckedError(reasons)
        if not found:
            return Findings.none()
        text_numbers, start, end, rule, grade = np.array([row[:-1] for row in found], np.int64).T
        score = np.array([row[-1] for row in found], np.float64)
        return longest(Findings.of(text_numbers, start, end, rule, grade.astype(np.int8), score))

    def _row(
        self, text: int, length: int, entity: str, start: int, end: int, score: float
    ) -> tuple[int, int, int, int, int, float]:
        if entity not in self._rules or not 0 <= start < end <= length:
            raise RecognizerError(f"a recogniser gave an entity or a span that is none ({entity[:40]})")
        number, rule = self._rules[entity]
        weak = score < weights()[1]
        return text, start, end, number, int(min(rule.grade, Grade.INFO) if weak else rule.grade), score


def results_of(recognizer: Any, text: str) -> list[Result]:
    """Return what *recognizer* finds in *text*, as Presidio's analyzer would have it do that."""
    nothing = _no_analysis()
    raw = list(recognizer.analyze(text, recognizer.supported_entities, nothing) or [])
    if _only_matches(recognizer) and not text.isascii():
        raw += [
            *recognizer.analyze(as_spaced(text), recognizer.supported_entities, nothing),
            *_listed(recognizer, text),
        ]
    raw = recognizer.enhance_using_context(text, raw, [], nothing, None) or []
    limits = recognizer.score_thresholds
    context = [word.lower() for word in recognizer.context or ()]
    results = []
    for one in raw:
        spoken_for = named(context, text[max(0, one.start - REACH) : one.start])
        score = with_context(one.score) if spoken_for else float(one.score)
        if score > 0 and score >= limits.get(one.entity_type, limits.get("default", 0)):
            results.append(Result(str(one.entity_type), int(one.start), int(one.end), min(1.0, score)))
    return results


def _only_matches(recognizer: Any) -> bool:
    from presidio_analyzer import PatternRecognizer

    return isinstance(recognizer, PatternRecognizer) and type(recognizer).analyze is PatternRecognizer.analyze


def _listed(recognizer: Any, text: str) -> Iterator[Any]:
    """Words of a deny list in scripts that write no spaces, which Presidio finds between spaces only."""
    from presidio_analyzer import RecognizerResult

    for word in recognizer.deny_list or ():
        if as_spaced(word) != word:
            for match in re.finditer(re.escape(word), text, re.IGNORECASE):
                yield RecognizerResult(recognizer.supported_entities[0], *match.span(), recognizer.deny_list_score)


@cache
def _no_analysis() -> Any:
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    engine = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}])
    engine.load()
    return engine.process_text("", "en")


def load(name: str) -> list[Any]:
    """Return the recognisers that *name*, a file or `module:name`, stands for; raise `UsageError`."""
    from presidio_analyzer import EntityRecognizer

    without_network()
    try:
        found = _members(name, EntityRecognizer)
        made = [one() if isinstance(one, type) else one for one in found]
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f'{_WHERE}: "{name}" cannot be loaded: {type(error).__name__}: {error}') from error
    if not made:
        raise UsageError(f'{_WHERE}: "{name}" holds no recogniser, a class or instance of Presidio\'s EntityRecognizer')
    return made


def _members(name: str, base: type) -> list[Any]:
    if name.endswith(".py"):
        module = _module_of_file(Path(name))
        return [
            value
            for value in vars(module).values()
            if isinstance(value, base)
            or (isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__)
        ]
    module_name, _, member = name.partition(":")
    if not member:
        raise UsageError(
            f'{_WHERE}: "{name}" is neither a file such as mine.py nor a class such as package.module:Class'
        )
    value = getattr(import_module(module_name), member)
    if not isinstance(value, base) and not (isinstance(value, type) and issubclass(value, base)):
        raise UsageError(f'{_WHERE}: "{name}" is no class or instance of Presidio\'s EntityRecognizer')
    return [value]


def _module_of_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"{_WHERE}: the file {path} does not exist; name a Python file that defines recognisers")
    spec = spec_from_file_location(f"corpus_guard_recognizers_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _digest(name: str) -> str:
    """The SHA-256 of the source: another recogniser is another rule."""
    path = name if name.endswith(".py") else import_module(name.partition(":")[0]).__file__
    return sha256(Path(str(path)).read_bytes()).hexdigest()


def _gates(recognizer: Any, fold: Callable[[str], str]) -> list[Gate]:
    """Gates for a recogniser that only matches its patterns; none where these do not give any."""
    if not _only_matches(recognizer):
        return []
    words = [str(word) for word in recognizer.deny_list or ()]
    patterns = [pattern.regex for pattern in recognizer.patterns if pattern.name != "deny_list" or not words]
    gates = [gates_of(pattern) for pattern in patterns]
    if None in gates or not all(words):
        return []
    expressions = dict.fromkeys(gate for some in gates if some for gate in some)
    return [*(Gate(fold(word)) for word in dict.fromkeys(words)), *(Gate(gate, literal=False) for gate in expressions)]
