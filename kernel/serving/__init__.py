"""Processes that serve: a supervisor that holds the address, and generations of workers that come and go."""
