"""Works inside documents: evaluation sets and protected works, told by long shingles; only hashes of them are kept."""
