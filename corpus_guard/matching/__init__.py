"""The one pass: texts are folded once, all gates of all detectors are looked for at once, hits come back as columns."""
