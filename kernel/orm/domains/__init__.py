"""How conditions on records are written, checked, evaluated and sent."""
