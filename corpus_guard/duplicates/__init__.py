"""What the corpus is asked as a whole: which documents are equal, and which nearly so."""
