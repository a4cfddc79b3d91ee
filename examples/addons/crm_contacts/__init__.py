"""Example bridge: partners of the contacts example are contacts of the CRM."""
