"""Computed values: what is out of date, in which order, and by which statements it is computed."""
