"""What happened to records, and bringing deleted ones back."""
