"""Tells the language of texts: letters by script, stretches for an identifier, kinds that are no language."""
