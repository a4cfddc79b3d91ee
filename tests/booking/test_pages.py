"""The public pages, as a browser without JavaScript sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from werkzeug.test import TestResponse

from addons.booking import desk
from addons.booking.desk import Person
from addons.booking.models import Booking
from kernel.orm import Env
from kernel.testing import Web
from tests.booking.spa import Spa, at, open_spa

Clients = Callable[[object], Web]
ADA = {"name": "Ada Byron", "email": "ada@example.com"}


def csrf_in(page: TestResponse) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]  # type: ignore[index]


def starts_in(page: TestResponse) -> list[str]:
    return re.findall(r'name="start" value="([^"]+)"', page.text)


def choose(web: Web, spa: Spa, clock: str, **more: str) -> TestResponse:
    start = at(clock)
    page = web.get(f"/book/{spa.massage.id}?day={start:%Y-%m-%d}")
    assert page.status_code == 200
    form = {
        "csrf": csrf_in(page),
        "key": "k",
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "day": f"{start:%Y-%m-%d}",
        **more,
    }
    return web.post(f"/book/{spa.massage.id}", data=form)


def book(web: Web, spa: Spa, clock: str) -> str:
    """The path of the booking's own page."""
    path = choose(web, spa, clock).headers["Location"]
    page = web.get(path)
    assert web.post(path, data={**ADA, "csrf": csrf_in(page)}).status_code == 303
    return str(path)


def test_a_visitor_chooses_says_who_they_are_and_is_booked(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    assert f"/book/{spa.massage.id}" in web.get("/book").text
    path = choose(web, spa, "09:00").headers["Location"]
    held = env[Booking].search()
    assert (held.state, held.source) == ("held", "online")
    details = web.get(path)
    assert "We keep this time for you until" in details.text
    web.post(path, data={**ADA, "csrf": csrf_in(details)})
    done = web.get(path)
    assert "You are booked" in done.text
    assert held.reference in done.text
    assert env[Booking].search().customer.name == "Ada Byron"


def test_all_slots_offered_can_be_booked_and_no_others(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    desk.book(env, spa.massage, at("10:00"), Person("Eve", "eve@example.com"))
    page = web.get(f"/book/{spa.massage.id}?day={at('09:00'):%Y-%m-%d}")
    offered = starts_in(page)
    assert offered == [f"{slot.start:%Y-%m-%dT%H:%M:%SZ}" for slot in desk.offers(env, spa.massage, at("09:00").date())]
    assert choose(web, spa, "09:00").status_code == 303
    assert choose(web, spa, "20:00").status_code == 409


def test_who_loses_the_race_is_shown_what_is_free_next(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    assert choose(web, spa, "09:00", key="one").status_code == 303
    lost = choose(client(None), spa, "09:00", key="two")
    assert lost.status_code == 409
    assert "has just been taken" in lost.text
    assert starts_in(lost)[0] == f"{at('10:00'):%Y-%m-%dT%H:%M:%SZ}"


def test_choosing_another_time_gives_the_first_one_back(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    path = choose(web, spa, "09:00").headers["Location"]
    token = path.rpartition("/")[2]
    assert choose(web, spa, "14:00", held=token).headers["Location"] == path
    assert [(each.start, each.state) for each in env[Booking].search()] == [(at("14:00"), "held")]


def test_who_has_the_link_moves_and_cancels(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    path = book(web, spa, "09:00")
    page = web.get(f"{path}/move?day={at('09:00'):%Y-%m-%d}")
    assert "Choose another time" in page.text
    moved = web.post(f"{path}/move", data={"csrf": csrf_in(page), "start": f"{at('14:00'):%Y-%m-%dT%H:%M:%SZ}"})
    assert moved.status_code == 303
    assert env[Booking].search().start == at("14:00")
    web.post(f"{path}/cancel", data={"csrf": csrf_in(page)})
    assert env[Booking].search().state == "cancelled"
    assert "This booking is cancelled" in web.get(path).text


def test_a_link_that_somebody_made_up_leads_nowhere(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    path = book(web, spa, "09:00")
    assert web.get(f"{path}x").status_code == 404
    assert web.get("/book/b/MQ.abc").status_code == 404


def test_shortly_before_a_booking_is_not_changed_online(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    path = book(web, spa, "09:00")
    csrf = csrf_in(web.get(path))
    booking = env[Booking].search()
    soon = env.now().replace(minute=0, second=0, microsecond=0)
    env.sql("UPDATE booking.booking SET start = %s, \"end\" = %s + interval '3 hours'", (soon, soon))
    env.invalidate()
    assert web.post(f"{path}/cancel", data={"csrf": csrf}).status_code == 400
    assert booking.state == "confirmed"


def test_times_are_told_in_the_customers_zone(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    page = web.get(f"/book/{spa.massage.id}?tz=America/New_York&day={at('15:00'):%Y-%m-%d}")
    assert "Times are in America/New York time" in unescape(page.text)
    shown = dict(re.findall(r'name="start" value="([^"]+)">\s*([^<]+?)\s*<', page.text))
    assert shown[f"{at('15:00'):%Y-%m-%dT%H:%M:%SZ}"].startswith("9:00")


def test_what_is_not_offered_online_cannot_be_booked_online(env: Env, client: Clients) -> None:
    spa, web = open_spa(env, online=False), client(None)
    assert "Massage" not in web.get("/book").text
    assert web.get(f"/book/{spa.massage.id}").status_code == 404


def test_a_form_without_its_token_is_refused(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    answer = web.post(f"/book/{spa.massage.id}", data={"start": f"{at('09:00'):%Y-%m-%dT%H:%M:%SZ}"})
    assert answer.status_code == 403


def test_a_wrong_e_mail_keeps_what_was_typed(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    path = choose(web, spa, "09:00").headers["Location"]
    page = web.post(path, data={"name": "Ada", "email": "nonsense", "csrf": csrf_in(web.get(path))})
    assert page.status_code == 422
    assert 'value="nonsense"' in page.text
    assert env[Booking].search().state == "held"


def test_the_calendar_file_names_the_booking(env: Env, client: Clients) -> None:
    spa, web = open_spa(env, location="Mill Lane 12; first floor"), client(None)
    content = web.get(f"{book(web, spa, '09:00')}/booking.ics")
    assert content.mimetype == "text/calendar"
    assert f"DTSTART:{at('09:00'):%Y%m%dT%H%M%SZ}\r\n" in content.text
    assert "LOCATION:Mill Lane 12\\; first floor\r\n" in content.text


def test_a_page_is_light(env: Env, client: Clients) -> None:
    spa, web = open_spa(env), client(None)
    page = web.get(f"/book/{spa.massage.id}")
    files = re.findall(r'(?:href|src)="(/\w+/static/[^"]+)"', page.text)
    assert len(files) == 4
    sent = [web.get(path, headers={"Accept-Encoding": "gzip"}) for path in files]
    assert all(answer.status_code == 200 for answer in sent)
    assert len(page.data) + sum(len(answer.data) for answer in sent) < 60_000
