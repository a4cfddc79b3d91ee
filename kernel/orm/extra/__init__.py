"""Extra fields, which the administrators of one tenant add at run time."""
