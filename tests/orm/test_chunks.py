"""What is read, checked and written together: the chunk of a loop, and the records its links lead to."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest

from kernel.db.transaction import Transaction
from kernel.errors import AccessError, MissingError
from kernel.orm import Env, Ports, Registry
from tests.orm.test_access import ALL, USER, ToyPolicy
from tests.orm.toys import Partner, Purchase, Tag

Counted = Callable[[], int]
FAMILY = 30


@pytest.fixture
def policy() -> ToyPolicy:
    policy = ToyPolicy({name: set(ALL) for name in ("toy.partner", "toy.purchase", "toy.tag")})
    policy.rules["toy.partner"] = Partner.credit >= 0
    return policy


@pytest.fixture
def system(tx: Transaction, registry: Registry, policy: ToyPolicy) -> Env:
    return Env.open(tx, registry, Ports(policy=policy))


@pytest.fixture
def user(system: Env) -> Env:
    return system.as_user(USER)


def _family(env: Env) -> tuple[Partner, Tag]:
    """Partners with two tags each, all different."""
    tags = env[Tag].create([{"name": f"tag {i:02}"} for i in range(2 * FAMILY)])
    partners = env[Partner].create([{"name": f"p{i:02}"} for i in range(FAMILY)])
    for i, partner in enumerate(partners):
        partner.tags = tags[2 * i : 2 * i + 2]
    env.invalidate()
    return partners, tags


def test_a_loop_in_a_loop_over_links_asks_no_query_per_record(system: Env, counted: Counted) -> None:
    partners, _ = _family(system)
    counted()
    names = [tag.name for partner in partners for tag in partner.tags]
    assert names == [f"tag {i:02}" for i in range(2 * FAMILY)]
    assert counted() == 2
    system.invalidate()
    counted()
    assert [len(partner.tags.mapped(Tag.name)) for partner in partners] == [2] * FAMILY
    assert counted() == 2


def test_setting_links_in_a_loop_reads_the_old_ones_once(system: Env, counted: Counted) -> None:
    partners, tags = _family(system)
    counted()
    for partner in partners:
        partner.tags = tags[:1]
    system.flush()
    read, delete, insert, read_names, update = 1, 1, 1, 1, 1
    assert counted() <= read + delete + insert + read_names + update + 2


def test_a_part_of_many_records_is_read_with_its_neighbours(system: Env, counted: Counted) -> None:
    system[Tag].create([{"name": f"tag {i:04}"} for i in range(2500)])
    system.invalidate()
    tags = system[Tag].search()
    counted()
    for start in range(0, 2500, 7):
        for tag in tags[start : start + 3]:
            assert tag.name
    assert counted() == 3
    system.invalidate()
    tags = system[Tag].search()
    counted()
    for start in range(0, 500, 7):
        scattered = tags.browse([tags.ids[start], tags.ids[start + 1000], tags.ids[start + 2000]])
        assert [tag.name for tag in tags & scattered] == [f"tag {start + 1000 * i:04}" for i in range(3)]
    assert counted() == 3


def test_a_user_reads_few_of_many_records_with_their_neighbours(
    system: Env, user: Env, policy: ToyPolicy, counted: Counted
) -> None:
    policy.rules["toy.tag"] = Tag.name != "tag 0007"
    ids = system[Tag].create([{"name": f"tag {i:04}"} for i in range(2500)]).ids
    system.invalidate()
    tags = user[Tag].browse(ids)
    counted()
    for start in range(8, 500, 7):
        few = tags[start : start + 2] | tags[start + 1000 : start + 1002]
        assert [tag.name for tag in few] == [f"tag {i:04}" for i in (start, start + 1, start + 1000, start + 1001)]
    assert counted() == 2
    with pytest.raises(MissingError):
        _ = tags[7].name
    policy.rules["toy.tag"] = Tag.name.ilike("tag")
    anew = system.as_user(USER + 1)
    tags = anew[Tag].browse(ids)
    counted()
    for start in range(8, 500, 7):
        for tag in tags[start : start + 2] | tags[start + 1000 : start + 1002]:
            tag.name = f"tag {tag.id}"
    assert counted() == 2


def test_a_check_of_rights_reads_the_values_in_the_same_query(system: Env, user: Env, counted: Counted) -> None:
    made = system[Partner].create([{"name": f"p{i}"} for i in range(5)])
    system.invalidate()
    counted()
    assert [partner.name for partner in user[Partner].browse(made.ids)] == [f"p{i}" for i in range(5)]
    assert counted() == 1
    system.invalidate()
    counted()
    partners = user[Partner].browse(made.ids).fetch("name", "city")
    assert [partner.city for partner in partners] == [""] * 5
    assert counted() == 1


def test_a_record_that_may_be_changed_can_be_changed_beside_one_that_may_not(system: Env, user: Env) -> None:
    good, bad = system[Partner].create([{"name": "good"}, {"name": "bad", "credit": -1}])
    system.flush()
    both = user[Partner].browse([good.id, bad.id])
    for partner in both[:1]:
        partner.city = "Porto"
    with pytest.raises(MissingError):
        both.write(city="Faro")
    with pytest.raises(MissingError):
        both[1].city = "Faro"
    user.invalidate()
    assert (good.city, bad.city) == ("Porto", "")


def test_a_record_that_a_link_leads_to_later_is_checked_like_the_first(system: Env, user: Env) -> None:
    good, bad = system[Partner].create([{"name": "good"}, {"name": "bad", "credit": -1}])
    bought = system[Purchase].create({"reference": "1", "partner": good})
    system.flush()
    purchase = user[Purchase].browse(bought.id)
    assert purchase.partner.name == "good"
    bought.partner = bad
    system.flush()
    assert bought.partner.name == "bad"
    with pytest.raises(MissingError):
        _ = purchase.partner.name
    with pytest.raises(MissingError):
        purchase.partner.name = "mine"


def test_a_write_is_checked_again_only_where_the_rule_looks_at_it(
    system: Env, user: Env, policy: ToyPolicy, counted: Counted
) -> None:
    policy.rules["toy.partner"] = Partner.email.ilike("@")
    ada = user[Partner].browse(system[Partner].create({"name": "Ada", "email": "ada@home"}).id)
    system.invalidate()
    counted()
    ada.write(city="Porto")
    user.flush()
    check, update = 1, 1
    assert counted() == check + update
    ada.write(city="Faro", email="ada@work")
    user.flush()
    reading_for_the_validation, check_after = 1, 1
    assert counted() == reading_for_the_validation + update + check_after
    with pytest.raises(AccessError, match="change"), user.savepoint():
        ada.write(email="")


def test_a_rule_that_only_compares_is_checked_without_a_query(system: Env, user: Env, counted: Counted) -> None:
    ada = user[Partner].browse(system[Partner].create({"name": "Ada"}).id)
    system.invalidate()
    counted()
    ada.write(city="Porto", credit=3)
    user.flush()
    check, update = 1, 1
    assert counted() == check + update
    with pytest.raises(AccessError, match="change"), user.savepoint():
        ada.write(credit=-3)
    with pytest.raises(AccessError, match="create"), user.savepoint():
        user[Partner].create({"name": "Bob", "credit": -3})


def test_a_check_of_rights_sees_what_is_not_written_yet(system: Env, user: Env) -> None:
    ada, bob = system[Partner].create([{"name": "Ada"}, {"name": "Bob"}])
    system.flush()
    ada.credit = -1.0
    with pytest.raises(MissingError):
        _ = user[Partner].browse(ada.id).name
    bob.credit = -1.0
    with pytest.raises(MissingError):
        user[Partner].browse(bob.id).write(city="Porto")


def test_a_value_is_computed_beside_a_record_that_may_not_be_read(system: Env, user: Env) -> None:
    good, bad = system[Partner].create([{"name": "good", "city": "Porto"}, {"name": "bad", "credit": -1}])
    system.invalidate()
    partners = user[Partner].browse([bad.id, good.id])
    assert partners[1].city_upper == "PORTO"
    with pytest.raises(MissingError):
        _ = partners[0].city_upper


def test_who_was_found_by_a_rule_is_written_to_without_asking_again(system: Env, user: Env, counted: Counted) -> None:
    system[Partner].create([{"name": f"p{i}"} for i in range(5)])
    system.invalidate()
    partners = user[Partner].search()
    counted()
    partners.write(city="Porto")
    user.flush()
    update = 1
    assert counted() == update
    partners.read(["city"])
    counted()
    for partner in user[Partner].browse(partners.ids):
        partner.city = f"City {partner.id}"
    user.flush()
    assert counted() == update


def test_what_is_known_of_a_rule_ends_with_a_change_of_what_it_looks_at(system: Env, user: Env) -> None:
    ada, bob = system[Partner].create([{"name": "Ada"}, {"name": "Bob"}])
    system.invalidate()
    assert len(user[Partner].search()) == 2
    ada.credit = -1.0
    with pytest.raises(MissingError):
        user[Partner].browse(ada.id).city = "Porto"
    system.flush()
    with pytest.raises(MissingError):
        user[Partner].browse([bob.id, ada.id]).write(city="Porto")
    ada.credit = 1.0
    user[Partner].browse(ada.id).city = "Porto"
    user.flush()
    assert ada.city == "Porto"


def test_a_loop_over_many_records_keeps_none_of_those_it_has_passed(env: Env) -> None:
    parents = env[Partner].create([{"name": f"p{number}"} for number in range(500)])
    env[Partner].create([{"name": f"c{number}", "parent": parents[number % 500]} for number in range(5000)])
    env.flush()
    del parents
    before, most = _living(), 0
    for number, partner in enumerate(env[Partner].search(Partner.parent != None)):  # noqa: E711
        assert partner.parent.name
        if number % 1000 == 999:
            most = max(most, _living())
    assert most - before < 1100  # those of one chunk


def _living() -> int:
    gc.collect()
    return sum(isinstance(each, Partner) for each in gc.get_objects())
