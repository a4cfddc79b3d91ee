"""Example addon: contacts earn stars for what was won with them."""
