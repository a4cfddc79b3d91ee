"""The clinic of the demo: who works there, what it offers, and who comes."""

from __future__ import annotations

from typing import Final

NAME: Final = "Larkfield Clinic"
PLACE: Final = "Rua do Moinho 12, Lisboa"
ZONE: Final = "Europe/Lisbon"
#: name, kind, hours, units
RESOURCES: Final = (
    ("Dr. Nora Castell", "person", "early", 1),
    ("Dr. Samir Haddad", "person", "late", 1),
    ("Elin Moberg", "person", "early", 1),
    ("Jonas Weidmann", "person", "late", 1),
    ("Room 1", "room", "house", 1),
    ("Room 2", "room", "house", 1),
    ("Gym", "room", "house", 6),
    ("Ultrasound scanner", "equipment", "", 1),
)
#: hours -> (weekdays, from, to)
HOURS: Final = {
    "early": ("Early shift", (("01234", "08:00", "12:00"), ("0123", "13:00", "16:00"))),
    "house": ("Opening hours", (("01234", "08:00", "19:00"),)),
    "late": ("Late shift", (("01234", "10:00", "13:00"), ("01234", "14:00", "18:30"))),
}
#: pool -> indexes of resources
POOLS: Final = {"Doctors": (0, 1), "Physiotherapists": (2, 3), "Rooms": (4, 5)}
#: name, summary, minutes, before, after, price, colour, approval, capacity, needs (pool, or index of a resource)
SERVICES: Final = (
    ("Consultation", "First visit or follow-up with a doctor.", 30, 0, 10, 70, "blue", False, 1, ("Doctors", "Rooms")),
    ("Physiotherapy", "Treatment with a physiotherapist.", 45, 0, 15, 62, "teal", False, 1,
     ("Physiotherapists", "Rooms")),
    ("Ultrasound", "Examination with a doctor and the machine.", 30, 5, 10, 110, "violet", False, 1,
     ("Doctors", "Rooms", 7)),
    ("Back training", "Exercise in a small group, bring a towel.", 60, 0, 0, 24, "green", False, 3, (6,)),
    ("Report", "An expert report; we call you back to agree on it.", 60, 0, 0, 240, "orange", True, 1, ("Doctors",)),
)  # fmt: skip
CUSTOMERS: Final = (
    "Amara Okafor", "Beatriz Nunes", "Callum Reid", "Daria Novak", "Emil Sørensen", "Farah Aziz", "Gianni Rossi",
    "Hanna Vogel", "Ivo Petrov", "Jana Dvořák", "Kofi Mensah", "Lena Brandt", "Mateo Silva", "Nadia Haddad",
    "Oskar Lind", "Priya Nair", "Quentin Marchal", "Rosa Delgado", "Stefan Kovač", "Tove Berg", "Umar Farooq",
    "Vera Ilieva", "Wanda Zielińska", "Yusuf Demir", "Zoe Carver",
)  # fmt: skip
