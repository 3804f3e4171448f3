"""Licences: what the names of the wild mean, what a licence permits, and what a policy says of it."""
