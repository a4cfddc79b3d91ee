"""CRM: contacts, accounts, leads, opportunities and the activities that move them."""
