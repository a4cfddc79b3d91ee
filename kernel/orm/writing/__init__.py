"""Changing records: values, links, checks, and the statements of the flush."""
