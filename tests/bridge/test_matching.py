"""Matching as arithmetic: whatever is on the two sides, these hold."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from addons.sync.engine import Party, is_role_mailbox, match, normal_email
from addons.sync.engine.matching import CROWD, alike, phone_key

EMAILS = ("", "ada@example.com", "Ada@Example.com ", "bob@example.com", "info@example.com", "eve@example.com")
PHONES = ("", "+44 20 7946 0958", "020 7946 0958", "12", "+33 1 99 00 12 34")
NAMES = ("Ada Lovelace", "Lovelace, Ada", "Ada", "Bob", "Bob Noyce", "")


def parties() -> st.SearchStrategy[list[Party]]:
    one = st.builds(
        Party,
        st.integers(1, 12),
        st.sampled_from(NAMES),
        st.sampled_from(EMAILS),
        st.sampled_from(PHONES),
        st.booleans(),
    )
    return st.lists(one, max_size=8, unique_by=lambda party: party.id)


settled = st.frozensets(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=12)


@given(parties(), parties(), settled)
def test_a_link_is_between_two_who_are_alone_with_their_address(
    lefts: list[Party], rights: list[Party], done: frozenset[tuple[int, int]]
) -> None:
    left, right = ({party.id: party for party in side} for side in (lefts, rights))
    count = [Counter(normal_email(party.email) for party in side) for side in (lefts, rights)]
    for link in match(lefts, rights, done).links:
        address = normal_email(left[link.left].email)
        assert address == normal_email(right[link.right].email) != ""
        assert count[0][address] == count[1][address] == 1
        assert not is_role_mailbox(address)
        assert (left[link.left].linked, right[link.right].linked) == (False, False)


@given(parties(), parties(), settled)
def test_nobody_is_proposed_twice_or_against_a_persons_word(
    lefts: list[Party], rights: list[Party], done: frozenset[tuple[int, int]]
) -> None:
    found = match(lefts, rights, done)
    pairs = [(pair.left, pair.right) for pair in found.proposals]
    assert len(pairs) == len(set(pairs))
    assert not done & set(pairs)
    linked = [pair.left for pair in found.links], [pair.right for pair in found.links]
    suggested = {pair.left for pair in found.suggestions}, {pair.right for pair in found.suggestions}
    for side in (0, 1):
        assert len(linked[side]) == len(set(linked[side]))
        assert not set(linked[side]) & suggested[side]


@given(parties(), parties(), settled)
def test_who_is_lonely_has_an_address_of_their_own_and_no_candidate(
    lefts: list[Party], rights: list[Party], done: frozenset[tuple[int, int]]
) -> None:
    found = match(lefts, rights, done)
    theirs = {normal_email(party.email) for party in rights}
    for party in lefts:
        if party.id in found.lonely_left:
            assert party.email
            assert not party.linked
            assert not is_role_mailbox(party.email)
            assert normal_email(party.email) not in theirs
            assert party.id not in {pair.left for pair in found.proposals}


@given(parties(), parties(), settled, st.randoms())
def test_the_order_does_not_count(
    lefts: list[Party], rights: list[Party], done: frozenset[tuple[int, int]], rng: random.Random
) -> None:
    before = match(lefts, rights, done)
    rng.shuffle(lefts)
    rng.shuffle(rights)
    assert match(lefts, rights, done) == before


@given(parties(), parties())
def test_matching_again_with_what_was_found_finds_nothing(lefts: list[Party], rights: list[Party]) -> None:
    found = match(lefts, rights)
    pairs = {(pair.left, pair.right) for pair in found.proposals}
    assert not match(lefts, rights, pairs).links
    assert not {(pair.left, pair.right) for pair in match(lefts, rights, pairs).proposals} & pairs


def test_a_crowd_behind_one_address_does_not_flood_the_suggestions() -> None:
    crowd = [Party(number, f"Guest {number}", "guests@example.com") for number in range(50)]
    found = match(crowd, crowd)
    assert len(found.suggestions) == CROWD
    assert (found.links, found.lonely_left) == ((), ())


def test_names_and_phones_are_compared_as_people_write_them() -> None:
    assert alike("Dr. Ada Lovelace", "ada lovelace")
    assert alike("Lovelace Ada", "Ada Lovelce")
    assert not alike("Ada Lovelace", "Alan Turing")
    assert not alike("", "Ada")
    assert phone_key("+44 20 7946 0958") == phone_key("(020) 7946-0958") != ""
    assert phone_key("12 34") == ""
