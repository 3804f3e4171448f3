"""corpus_guard: a safety scanner for training corpora.

    import corpus_guard as cg

    run = cg.scan("data/", out="run/")
    run.summary, run.verdict

The front door: `scan`, `assess`, `Guard`, `signatures` and what they return. Heavy modules are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from corpus_guard.audit.comparing import compare
    from corpus_guard.errors import CatalogError, CorpusGuardError, EngineError, ShardError, UsageError
    from corpus_guard.guard import Guard
    from corpus_guard.minhashing import signatures
    from corpus_guard.results import Run, assess
    from corpus_guard.scanning import scan

_HOMES = {
    "CatalogError": "errors",
    "CorpusGuardError": "errors",
    "EngineError": "errors",
    "Guard": "guard",
    "Run": "results",
    "ShardError": "errors",
    "UsageError": "errors",
    "assess": "results",
    "compare": "audit.comparing",
    "scan": "scanning",
    "signatures": "minhashing",
}

__all__ = [
    "CatalogError",
    "CorpusGuardError",
    "EngineError",
    "Guard",
    "Run",
    "ShardError",
    "UsageError",
    "assess",
    "compare",
    "scan",
    "signatures",
]


def __getattr__(name: str) -> Any:
    """Load a name of the front door from its home."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the names of the front door."""
    return [*__all__, "__version__"]
