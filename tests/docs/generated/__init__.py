"""The parts of the documentation that are written from the code, and the calls of `tenon` that it shows."""
