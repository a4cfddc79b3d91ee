"""Crates, for the tests of base and web."""
