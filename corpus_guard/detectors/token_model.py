"""A model for token classification on this machine, as `save_pretrained` of transformers wrote it (extra `ner`).

Weights are read from safetensors alone, code in the folder is never run, and nothing is fetched. Of long texts it reads
windows that overlap by a quarter; a token's label is that of the window in which it lies further from the border.
Windows are read one by one, on one thread, as numbers of 32 bits: what other texts there are changes no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus_guard.detectors.model_folders import WHERE
from corpus_guard.detectors.token_labels import kind_of, spans_of
from corpus_guard.errors import UsageError

_LONGEST = 512
"""Tokens of the longest window, also where a model names none."""
_SHORTEST = 8


class TokenModel:
    """A tokenizer and a model, and which of its labels are asked for."""

    def __init__(self, folder: Path, kinds: frozenset[str]) -> None:
        """Load the model in *folder*, asked for what it calls one of *kinds*; raise `UsageError` when it cannot say."""
        self._torch, self._tokenizer, self._model = _loaded(folder)
        config = self._model.config
        self._labels = [str(config.id2label.get(number)) for number in range(config.num_labels)]
        self._kinds = kinds & {kind_of(label) for label in self._labels}
        self._inputs = [name for name in self._tokenizer.model_input_names if name != "offset_mapping"]
        limits = (self._tokenizer.model_max_length, getattr(config, "max_position_embeddings", None) or _LONGEST)
        self._window = min(_LONGEST, *limits)
        self._content = self._window - self._tokenizer.num_special_tokens_to_add(pair=False)
        self._overlap = self._content // 4
        self._check(folder)

    def entities(self, text: str) -> list[tuple[str, int, int]]:
        """Return (label without B- and I-, start, end) of what the model sees in *text*, in code points."""
        labels, places = [], []
        for label, place in self._tokens(text):
            labels.append(label)
            places.append(place)
        return spans_of(labels, places, self._kinds, text)

    def _tokens(self, text: str) -> Iterator[tuple[str, tuple[int, int]]]:
        seen = self._tokenizer(
            text, truncation=True, max_length=self._window, stride=self._overlap, return_overflowing_tokens=True,
            return_offsets_mapping=True, return_special_tokens_mask=True, verbose=False,
        )  # fmt: skip
        windows, half = len(seen["input_ids"]), self._overlap // 2
        for window in range(windows):
            labels = self._classified({name: seen[name][window] for name in self._inputs if name in seen})
            own = zip(labels, seen["offset_mapping"][window], seen["special_tokens_mask"][window], strict=True)
            tokens = [(label, place) for label, place, special in own if not special]
            first = half if window else 0
            last = len(tokens) - (self._overlap - half if window < windows - 1 else 0)
            yield from tokens[first:last]

    def _classified(self, window: dict[str, list[int]]) -> list[str]:
        return [self._labels[number] for number in self._scores(window).argmax(-1).tolist()]

    def _scores(self, window: dict[str, list[int]]) -> Any:
        torch = self._torch
        with _one_thread(torch), torch.inference_mode(), torch.autocast("cpu", enabled=False):
            inputs = {name: torch.tensor([numbers], device="cpu") for name, numbers in window.items()}
            return self._model(**inputs).logits[0]

    def _check(self, folder: Path) -> None:
        """Complain of what would make the model find nothing, or fail amid a scan."""
        if not self._kinds:
            named = ", ".join(self._labels[:8])
            raise UsageError(f"{WHERE}: no label of {folder} is known for persons or places: {named}")
        if self._content < _SHORTEST:
            raise UsageError(f"{WHERE}: {folder} reads only {self._window} tokens at once; it takes {_LONGEST} or so")
        try:
            longest = self._tokenizer.unk_token_id or 0
            scores = self._scores({"input_ids": [longest] * self._window, "attention_mask": [1] * self._window})
        except Exception as error:
            raise _refused(folder, error) from error
        if not bool(self._torch.isfinite(scores).all()):
            raise UsageError(f"{WHERE}: {folder} answers with no numbers; its weights are broken, write them again")


def _loaded(folder: Path) -> tuple[Any, Any, Any]:
    try:
        import torch
        import transformers
    except ImportError:
        raise UsageError(f'{WHERE} needs transformers and torch; install the extra "ner"') from None
    here = {"local_files_only": True, "trust_remote_code": False}
    try:
        with torch.device("cpu"), _quiet(transformers.utils.logging):
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **here)
            model, told = transformers.AutoModelForTokenClassification.from_pretrained(
                folder, **here, use_safetensors=True, dtype=torch.float32, attn_implementation="eager",
                output_loading_info=True,
            )  # fmt: skip
    except Exception as error:
        raise _refused(folder, error) from error
    if told["missing_keys"] or told["mismatched_keys"]:
        raise UsageError(f"{WHERE}: {folder} holds no weights for token classification; train it for names first")
    if not tokenizer.is_fast:
        raise UsageError(f"{WHERE}: the tokenizer of {folder} tells no places; save a fast one (tokenizer.json)")
    if not len(tokenizer.all_special_ids) < len(tokenizer) <= model.get_input_embeddings().num_embeddings:
        raise UsageError(f"{WHERE}: {folder} holds no vocabulary that fits its model; save its tokenizer beside it")
    return torch, tokenizer, model.eval()


def _refused(folder: Path, error: Exception) -> UsageError:
    reason = str(error).strip().split("\n", 1)[0][:200]
    return UsageError(f"{WHERE}: transformers cannot load {folder}: {type(error).__name__}: {reason}")


@contextmanager
def _one_thread(torch: Any) -> Iterator[None]:
    """More threads add numbers in another order; the setting is the whole process's, so it is put back."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _quiet(logging: Any) -> Iterator[None]:
    """No progress bars and tables of weights amid ours."""
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
