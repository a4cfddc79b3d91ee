"""Installing, upgrading and uninstalling: plans that can be shown, and the operations that carry them out."""
