"""Users and rights, as small as they can be: what tests of HTTP need of an addon like base."""
