"""From declared classes to the composed, checked and immutable registry. Pure: no database."""
