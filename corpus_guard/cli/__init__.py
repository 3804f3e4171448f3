"""The shell door: parse, call the front door, print, exit with the code that docs/reference/cli.md gives.

Nothing heavy is imported before a command runs, so that `--help` stays quick.
"""

from corpus_guard.cli.app import main

__all__ = ["main"]
