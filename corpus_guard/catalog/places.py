"""Where the shipped rules lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_MARK = "input.toml"


def shipped_rules() -> Path:
    """Return the folder of the shipped rules."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "rules", package.parent / "rules"):
        if (folder / _MARK).is_file():
            return folder
    msg = f"the shipped rules are missing: no {_MARK} under {package / 'rules'}; install the package again"
    raise FileNotFoundError(msg)
