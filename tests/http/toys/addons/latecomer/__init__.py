"""An addon that comes while the server runs: one field, one page, one file."""
