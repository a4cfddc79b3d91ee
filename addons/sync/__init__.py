"""Sync: the engine that bridges between two addons are made with."""
