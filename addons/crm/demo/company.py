"""Fills a tenant: people, accounts, contacts; then deals, leads and activities. The same each time."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, replace
from random import Random

from addons.base.models import Company, Group, User
from addons.crm.demo.words import ACCOUNTS, FIRST, JOBS, LAST, PHONES, ROLES
from addons.crm.models import Account, Contact, Team
from kernel.orm import Command, Env

SEED = 20
PER_ACCOUNT = 3
COLLEAGUES = (("Maya Lindgren", "maya"), ("Tom Barrett", "tom"), ("Ines Carvalho", "ines"))
#: index of an account -> its tag
TAGGED = {4: "priority", 20: "priority", 35: "priority", 30: "partner", 37: "partner"}
STREETS = ("Station Road", "Harbour Way", "Mill Lane", "Park Street")
#: the letters a British postcode begins with
AREAS = {
    "Leeds": "LS",
    "Hull": "HU",
    "Halifax": "HX",
    "Norwich": "NR",
    "Inverness": "IV",
    "Bristol": "BS",
    "Derby": "DE",
    "York": "YO",
    "Telford": "TF",
    "Reading": "RG",
    "Manchester": "M",
    "Newcastle": "NE",
}
POSTCODES = {
    "United Kingdom": "{}1{} {}QT",
    "Ireland": "D{:02d} {}X2",
    "Germany": "{}0{}15",
    "France": "{}9{}02",
    "Sweden": "4{}1 {}0",
    "United States": "{}31{}5",
}


class Refs(dict[str, int]):
    """Ids of this addon's data records by their names; each is asked once."""

    def __init__(self, env: Env) -> None:
        super().__init__()
        self.env = env

    def __missing__(self, name: str) -> int:
        found: int = self.env.ref(f"crm.{name}").id
        self[name] = found
        return found


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays along: the people who sell, the words there are, and the accounts with their contacts."""

    refs: Refs
    sellers: tuple[User, ...]
    team: Team
    accounts: tuple[Account, ...]
    contacts: tuple[tuple[Contact, ...], ...]

    def seller(self, index: int) -> User:
        """The one who looks after an account; the first, who logs in, has a third of them."""
        others = self.sellers[1:] or self.sellers
        return self.sellers[0] if index % 3 == 0 else others[index % len(others)]


def name_company(env: Env) -> None:
    """Give the company a name, if nobody has."""
    env[Company].search(Company.name == "My company").write(name="Larch & Lowe")


def make_cast(env: Env, rng: Random) -> Cast:
    """People, accounts and contacts."""
    sellers = _sellers(env)
    team = env[Team].create({"name": "Sales", "leader": sellers[0], "members": [seller.id for seller in sellers]})
    cast = Cast(Refs(env), sellers, team, (), ())
    cast = replace(cast, accounts=_accounts(env, rng, cast))
    return replace(cast, contacts=_contacts(env, rng, cast))


def _sellers(env: Env) -> tuple[User, ...]:
    """Those who can log in already, and three colleagues."""
    there = env[User].search(order="id")
    taken = {user.login for user in there}
    groups = env[Group].search(Group.key == "crm.user").ids
    new = [
        {"name": name, "login": login, "email": f"{login}@tenon.example", "groups": groups}
        for name, login in COLLEAGUES
        if login not in taken
    ]
    return (*there[:1], *env[User].create(new))


def _accounts(env: Env, rng: Random, cast: Cast) -> tuple[Account, ...]:
    """Parents first, so that their subsidiaries can name them."""
    made: dict[int, Account] = {}
    for wanted in (False, True):
        indexes = [index for index, row in enumerate(ACCOUNTS) if (row[6] >= 0) is wanted]
        rows = [_account(index, rng, cast, made) for index in indexes]
        made.update(zip(indexes, env[Account].create(rows), strict=True))
    return tuple(made[index] for index in range(len(ACCOUNTS)))


def _account(index: int, rng: Random, cast: Cast, made: dict[int, Account]) -> dict[str, object]:
    name, host, industry, size, city, country, parent = ACCOUNTS[index]
    return {
        "name": name,
        "website": f"https://www.{host}.example",
        "industry": industry,
        "size": size,
        "phone": PHONES[country].format(rng.randrange(40)),
        "street": f"{rng.randrange(1, 180)} {rng.choice(STREETS)}",
        "postcode": _postcode(rng, city, country),
        "city": city,
        "country": country,
        "parent": made[parent].id if parent >= 0 else None,
        "owner": cast.seller(index),
        "team": cast.team,
        "tags": [cast.refs[f"tag_{TAGGED[index]}"]] if index in TAGGED else [],
    }


def _postcode(rng: Random, city: str, country: str) -> str:
    digits = rng.randrange(1, 9), rng.randrange(1, 9)
    area = (AREAS.get(city, "BS"),) if country == "United Kingdom" else ()
    return POSTCODES[country].format(*area, *digits)


def _contacts(env: Env, rng: Random, cast: Cast) -> tuple[tuple[Contact, ...], ...]:
    used: set[tuple[str, str]] = set()
    rows = [
        _contact(env, rng, cast, index, place, used) for index in range(len(ACCOUNTS)) for place in range(PER_ACCOUNT)
    ]
    made = tuple(env[Contact].create(rows))
    return tuple(made[begin : begin + PER_ACCOUNT] for begin in range(0, len(made), PER_ACCOUNT))


def _contact(
    env: Env, rng: Random, cast: Cast, index: int, place: int, used: set[tuple[str, str]]
) -> dict[str, object]:
    _, host, _, _, _, country, _ = ACCOUNTS[index]
    first, last = _name(rng, country, used)
    started = env.today() - dt.timedelta(days=rng.randrange(60, 1500))
    mailbox = f"{plain(first)}.{plain(last)}"
    emails = [{"address": f"{mailbox}@{host}.example", "is_primary": True}]
    if rng.random() < 0.2:
        emails.append({"address": f"{mailbox}@mail.example", "kind": "private"})
    phones = [{"number": PHONES[country].format(40 + (index * PER_ACCOUNT + place) % 60), "is_primary": True}]
    return {
        "name": f"{first} {last}",
        "job_title": JOBS[(index + place * 5) % len(JOBS)],
        "emails": [Command.create(line) for line in emails],
        "phones": [Command.create(line) for line in phones] if rng.random() < 0.85 else [],
        "roles": [Command.create({"account": cast.accounts[index].id, "role": ROLES[place], "started_on": started})],
        "lifecycle": "prospect",
        "owner": cast.seller(index),
        "team": cast.team,
        "tags": [cast.refs["tag_decision_maker"]] if place == 0 else [],
    }


def _name(rng: Random, country: str, used: set[tuple[str, str]]) -> tuple[str, str]:
    """A name nobody has yet."""
    while True:
        name = rng.choice(FIRST[country]), rng.choice(LAST[country])
        if name not in used:
            used.add(name)
            return name


def plain(name: str) -> str:
    """A name as it is written in an e-mail address."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(sign for sign in bare.lower() if sign.isalnum())
