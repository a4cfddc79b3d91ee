"""Booking: services, the people, rooms and machines they need, and appointments that never overlap."""
