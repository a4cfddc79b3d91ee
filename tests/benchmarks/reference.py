"""What Odoo 18 and Tryton 8.2 need for the same workloads beside hand-written psycopg.

Milliseconds of one run on another day, on a machine of the same kind (2 cores, Debian 12, PostgreSQL 15). The two
need an installation of their own and are not run here; what travels is the ratio to that run's hand-written code.
"""

from __future__ import annotations

BY_HAND = {
    "W1": 83.0, "W2": 130.0, "W3": 21.0, "W4": 17.0, "W5": 411.0, "W6": 72.0, "W7": 32.0, "W8": 174.0, "W9": 2.5,
    "W10": 73.0, "W11": 70.0,
}  # fmt: skip
TRYTON = {
    "W1": 4449.0, "W2": 3301.0, "W3": 35.0, "W4": 504.0, "W5": 1311.0, "W6": 2633.0, "W7": 626.0, "W8": 3299.0,
    "W9": 3.5, "W10": 1111.0, "W11": 2713.0,
}  # fmt: skip
ODOO = {
    "W1": 1305.0, "W2": 479.0, "W3": 145.0, "W4": 153.0, "W5": 949.0, "W6": 361.0, "W7": 375.0, "W8": 432.0,
    "W9": 4.0, "W10": 187.0, "W11": 1372.0,
}  # fmt: skip
"""As a normal user."""


def reference_ratio(system: dict[str, float], workload: str) -> float | None:
    """How much longer than by hand; None for a workload that was not run there."""
    return system[workload] / BY_HAND[workload] if workload in system else None
