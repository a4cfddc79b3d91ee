"""Who is who, as pure arithmetic over two lists: nothing here knows the database.

The first that applies decides: a pair that is linked, rejected or unlinked is settled; one record on each
side with the same e-mail is linked; the same phone and a similar name, or several candidates, are suggested
for a person to decide; the rest is lonely. Mailboxes of roles (`info@`) belong to no one person: they
never link by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from typing import Final, Literal

from addons.base.email_address import normal_email

ROLES: Final = frozenset(
    {
        "abuse", "accounting", "accounts", "admin", "administrator", "billing", "booking", "bookings", "buero",
        "contact", "enquiries", "hello", "help", "hostmaster", "hr", "info", "inquiries", "invoice", "invoices", "jobs",
        "kontakt", "mail", "marketing", "news", "newsletter", "no-reply", "noreply", "office", "order", "orders",
        "postmaster", "press", "privacy", "purchasing", "reception", "reservations", "sales", "security", "service",
        "support", "team", "webmaster",
    }
)  # fmt: skip
PHONE_DIGITS: Final = 9
"""So many last digits tell a phone, however its country is written."""
ALIKE: Final = 0.75
CROWD: Final = 20
"""Pairs that one address may suggest; more would be noise that nobody decides."""

Settled = Collection[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Party:
    """A record of one side, as far as matching looks at it."""

    id: int
    name: str = ""
    email: str = ""
    phone: str = ""
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair that may be one."""

    kind: Literal["link", "suggest"]
    left: int
    right: int
    method: str
    confidence: int


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found; `lonely` are those with an address of their own and no candidate."""

    proposals: tuple[Proposal, ...]
    lonely_left: tuple[int, ...]
    lonely_right: tuple[int, ...]

    @property
    def links(self) -> tuple[Proposal, ...]:
        """The pairs to link."""
        return tuple(found for found in self.proposals if found.kind == "link")

    @property
    def suggestions(self) -> tuple[Proposal, ...]:
        """The pairs that a person decides on."""
        return tuple(found for found in self.proposals if found.kind == "suggest")


def match(lefts: Iterable[Party], rights: Iterable[Party], settled: Settled = ()) -> Matches:
    """Compare all active records of two sides. The order in which they come does not count."""
    left, right = ({party.id: party for party in sorted(side, key=_by_id)} for side in (lefts, rights))
    done = frozenset(settled)
    by_email = tuple(_same_email(left, right, done))
    busy_left = {one for one, party in left.items() if party.linked} | {found[0].left for found in by_email}
    busy_right = {one for one, party in right.items() if party.linked} | {found[0].right for found in by_email}
    free = (_without(left, busy_left), _without(right, busy_right))
    by_phone = tuple(_same_phone(*free, done))
    made = [proposal for proposal, open_ in (*by_email, *((each, True) for each in by_phone)) if open_]
    busy_left |= {proposal.left for proposal in by_phone}
    busy_right |= {proposal.right for proposal in by_phone}
    return Matches(tuple(made), _lonely(left, busy_left), _lonely(right, busy_right))


def phone_key(number: str) -> str:
    """The digits that tell a phone; empty where there are too few."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else ""


def is_role_mailbox(address: str) -> bool:
    """Whether an address belongs to a role, not to a person."""
    return normal_email(address).partition("@")[0].partition("+")[0] in ROLES


def alike(first: str, second: str) -> bool:
    """Whether two names may be one person's: one within the other, or spelt nearly the same."""
    words = [frozenset(name.casefold().replace(".", " ").split()) for name in (first, second)]
    if not all(words):
        return False
    if words[0] <= words[1] or words[1] <= words[0]:
        return True
    one, other = (" ".join(sorted(name)) for name in words)
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def _by_id(party: Party) -> int:
    return party.id


def _without(parties: Mapping[int, Party], ids: Collection[int]) -> list[Party]:
    return [party for one, party in parties.items() if one not in ids]


def _lonely(parties: Mapping[int, Party], busy: Collection[int]) -> tuple[int, ...]:
    return tuple(
        party.id for party in _without(parties, busy) if normal_email(party.email) and not is_role_mailbox(party.email)
    )


def _grouped(parties: Iterable[Party], key: Callable[[Party], str]) -> dict[str, list[Party]]:
    groups: dict[str, list[Party]] = {}
    for party in parties:
        if name := key(party):
            groups.setdefault(name, []).append(party)
    return groups


def _email_of(party: Party) -> str:
    return normal_email(party.email)


def _same_email(
    left: Mapping[int, Party], right: Mapping[int, Party], settled: Settled
) -> Iterator[tuple[Proposal, bool]]:
    """Pairs of one address, and whether the pair is still open: one that is not keeps both from being lonely."""
    ours, theirs = _grouped(left.values(), _email_of), _grouped(right.values(), _email_of)
    for address in sorted(ours.keys() & theirs.keys()):
        pairs = list(product(ours[address], theirs[address]))
        role = is_role_mailbox(address)
        sure = len(pairs) == 1 and not role
        method = "e-mail" if sure else "mailbox of a role" if role else "e-mail, several candidates"
        for number, (one, other) in enumerate(pairs):
            open_ = not (one.linked or other.linked or (one.id, other.id) in settled or number >= CROWD)
            confidence = 100 if sure else 30 if role else 70
            yield Proposal("link" if sure else "suggest", one.id, other.id, method, confidence), open_


def _same_phone(left: list[Party], right: list[Party], settled: Settled) -> Iterator[Proposal]:
    ours, theirs = (_grouped(side, lambda party: phone_key(party.phone)) for side in (left, right))
    for number in sorted(ours.keys() & theirs.keys()):
        for one, other in list(product(ours[number], theirs[number]))[:CROWD]:
            if alike(one.name, other.name) and (one.id, other.id) not in settled:
                yield Proposal("suggest", one.id, other.id, "phone and name", 60)
