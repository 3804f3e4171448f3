"""The nightly: scans what changed, keeps what did not, judges all of it, compares it with last time, and says so."""
