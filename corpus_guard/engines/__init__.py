"""Engines carry tasks to processes. They know two verbs, `map` and `shuffle`, and nothing of what the tasks do."""
