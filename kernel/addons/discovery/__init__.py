"""Which addons are there, what they say of themselves, and in which order they load. No database."""
