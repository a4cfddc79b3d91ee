"""Listens to booking."""
