"""Customers, orders and their lines: what tests of the RPC work on."""
