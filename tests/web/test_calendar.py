"""Calendars in view files: what they need, what is told when it is wrong, and how an addon extends them."""

from __future__ import annotations

import pytest

from tests.web.toys import Files

CALENDAR = """
    [calendar."toy.visit"]
    title = "name"
    start = "start"
    end = "end"
    resource = "rooms"
    color = "kind"
    scales = ["day", "week"]
    step = 15
    hours = "open_hours"
    fields = ["kind"]
    quick_create = ["name", { name = "kind", placeholder = "Why" }]
"""


def test_a_calendar_comes_out_with_its_fields_as_tables(files: Files) -> None:
    view = files.write("toy", CALENDAR).compile().views["calendar.toy.visit"]
    assert (view["start"], view["resource"], view["scales"]) == ("start", "rooms", ["day", "week"])
    assert view["fields"] == [{"name": "kind"}]
    assert view["quick_create"] == [{"name": "name"}, {"name": "kind", "placeholder": "Why"}]


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        (
            'start = "start"',
            'start = "strat"',
            '4 calendar.toy.visit: no field "strat" on toy.visit. Did you mean',
        ),
        ('end = "end"', 'end = "day"', '5 calendar.toy.visit: "day" is a date field; datetime is expected'),
        ('end = "end"', 'end = "guessed"', '5 calendar.toy.visit: "guessed" is computed and not stored'),
        ('"rooms"', '"kind"', '"kind" is a selection field; many2one or many2many is expected'),
        ('color = "kind"', 'color = "day"', '7 calendar.toy.visit: "day" is a date field; many2one or selection'),
        ('"week"]', '"weak"]', "'weak' is not one of day, week. Did you mean \"week\"?"),
        ("step = 15", "step = 7", "9 calendar.toy.visit: 7 is no step"),
        ('"open_hours"', '"open_hour"', 'no method "open_hour" on toy.room. Did you mean "open_hours"?'),
        ('resource = "rooms"', "", '"hours" needs a "resource"'),
        (
            'fields = ["kind"]',
            'fields = ["knd"]',
            '11 calendar.toy.visit: no field "knd" on toy.visit. Did you mean',
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_the_nearest_name(files: Files, right: str, wrong: str, fault: str) -> None:
    assert fault in files.write("toy", CALENDAR.replace(right, wrong)).fault()


def test_a_calendar_needs_both_ends(files: Files) -> None:
    assert '"end" is missing' in files.write("toy", CALENDAR.replace('end = "end"', "")).fault()


def test_an_action_with_a_calendar_needs_one_and_none_is_guessed(files: Files) -> None:
    files.write("toy", '[action."toy.visits"]\ntitle = "Visits"\nmodel = "toy.visit"\nviews = ["calendar", "list"]\n')
    assert "no calendar is declared for toy.visit" in files.fault()
    catalog = files.write("toy", CALENDAR, "calendar.toml").compile()
    assert catalog.actions["toy.visits"].views == ("calendar", "list")
    assert catalog.view("calendar", "toy.deal") is None


def test_another_addon_adds_to_the_card_and_changes_the_calendar(files: Files) -> None:
    files.write("toy", CALENDAR)
    text = """
        [[extend."calendar.toy.visit"]]
        after = "kind"
        fields = ["rooms"]

        [[extend."calendar.toy.visit"]]
        inside = "calendar"
        fields = ["day"]

        [[extend."calendar.toy.visit"]]
        set = "kind"
        values = { label = "Reason" }

        [[extend."calendar.toy.visit"]]
        set = "calendar"
        values = { step = 30, color = "kind" }
    """
    view = files.write("more", text).compile().views["calendar.toy.visit"]
    assert view["fields"] == [{"name": "kind", "label": "Reason"}, {"name": "rooms"}, {"name": "day"}]
    assert view["step"] == 30


def test_a_wrong_anchor_in_a_calendar_names_both_files(files: Files) -> None:
    files.write("toy", CALENDAR)
    fault = files.write("more", '[[extend."calendar.toy.visit"]]\nafter = "kinds"\nfields = ["day"]\n').fault()
    assert "addons/more/views/views.toml" in fault
    assert 'no "kinds" in calendar.toy.visit, which addons/toy/views/views.toml:2 declares' in fault
