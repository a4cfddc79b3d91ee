"""Faults that an author can make, each as a change to a small sound addon, with what the doctor must say.

One file per area; `tests/doctor/test_faults.py` tries all of them.
"""
