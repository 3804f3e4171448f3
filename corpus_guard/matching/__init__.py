"""The one pass: texts are folded once, every gate of every detector is looked for at once, hits come back as columns."""
