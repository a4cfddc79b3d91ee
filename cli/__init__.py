"""The command line `tenon`: a command parses, calls the kernel, and prints."""
