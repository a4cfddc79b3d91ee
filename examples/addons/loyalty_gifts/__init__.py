"""A gift for every hundred points (example)."""
