"""Writing the first files of an addon: templates, what they are filled with, and what is asked on a terminal."""
