"""Tests of the nightly."""
