"""Base: users, groups and rights, companies, currencies, languages and settings."""
