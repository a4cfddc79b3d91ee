"""Example addon: purchases earn loyalty points."""
