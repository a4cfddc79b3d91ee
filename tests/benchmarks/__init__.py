"""Benchmarks: the ORM beside hand-written psycopg, and the product's own times. `python -m tests.benchmarks`."""
