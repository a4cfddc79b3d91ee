"""Settings that cannot be kept."""

from __future__ import annotations

from tests.doctor.faults.sound import change

FILE = "settings.py"
LINE = "points_per_euro: int = 1"
END = '    greeting: str = "Welcome"'

FAULTS = [
    change("default of another type", "setting-bad-default", FILE, LINE, 'points_per_euro: int = "1"'),
    change("no default", "setting-bad-default", FILE, LINE, "points_per_euro: int"),
    change("type that cannot be kept", "setting-bad-default", FILE, LINE, "points_per_euro: list[int] = []"),
    change(
        "settings of another addon", "setting-wrong-addon", FILE, 'addon="perk"', 'addon="perks"', "class PerkSettings"
    ),
    change(
        "setting twice",
        "setting-twice",
        FILE,
        END,
        f'{END}\n\n\nclass More(Settings, addon="perk"):\n    """More."""\n\n    greeting: str = "Hello"',
        "Hello",
    ),
]
