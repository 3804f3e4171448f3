"""What looks for things in documents: one file and one folder of rules each, found by entry point."""
