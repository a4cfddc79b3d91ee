"""What is wrong, with addons on disk and with tenants, and mending it."""
