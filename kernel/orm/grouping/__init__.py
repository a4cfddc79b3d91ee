"""Groups and aggregates, as the actor may see them."""
