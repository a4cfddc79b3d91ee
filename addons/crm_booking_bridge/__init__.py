"""CRM and Booking as one product: linked people, and appointments in the CRM."""
