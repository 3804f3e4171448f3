"""Compiles what `corpus_guard/matching` has in C when the package is built; without a compiler it works without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from hashlib import sha256
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path(__file__).parent / "corpus_guard" / "matching"


class CompileFunctions(BuildHookInterface):  # type: ignore[type-arg]
    """The hook that `pyproject.toml` names."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and mark a wheel that holds the result as one for this kind of machine."""
        built = compiled(FOLDER)
        if built is None:
            self.app.display_warning(
                "no C compiler was found: texts will be folded and searched without, which is slower"
            )
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
        if version != "editable":
            build_data["force_include"][str(built)] = f"corpus_guard/matching/{built.name}"


def compiled(folder: Path) -> Path | None:
    """Compile what *folder* has in C and return the library, which lies beside it; None where that cannot be done."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    for old in folder.glob("_compiled_*"):
        old.unlink()
    sources = sorted(folder.glob("*.c"))
    digest = sha256(b"".join(source.read_bytes() for source in sorted(folder.glob("*.[ch]")))).hexdigest()
    target = folder / f"_compiled_{digest[:16]}.so"
    exact = "-ffp-contract=off"  # sums are rounded as numpy rounds them, also where one instruction could do more
    command = [*compiler.split(), "-O3", exact, "-shared", "-fPIC", "-o", str(target), *map(str, sources)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return target if done.returncode == 0 else None
