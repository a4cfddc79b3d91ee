"""The histories of addons' tables: reading, writing, comparing and running revisions."""
