"""Example addon: partners, the people and companies one does business with."""
