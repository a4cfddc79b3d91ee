"""Values of which a record has several: by language, by company."""
