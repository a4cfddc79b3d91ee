"""Finding and reading records, with the rights of who asks."""
