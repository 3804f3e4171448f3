"""What users read: one file per format; page templates beside them. They format, they never judge."""
