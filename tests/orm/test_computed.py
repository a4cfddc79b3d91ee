"""Computed fields: what follows a change, when, and in how many statements."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.db import Cluster, Pool
from kernel.errors import DeveloperError, RegistryError, UnknownFieldError
from kernel.orm import AddonModels, Command, Env, Model, Ports, Registry, fields
from tests.orm.databases import installed, rolled_back
from tests.orm.toys import LoyalPartner, Partner, Purchase, Tag

Counted = Callable[[], int]


def test_a_partner_shows_the_points_of_its_purchases(env: Env) -> None:
    anna, bob = env[LoyalPartner].create([{"name": "Anna"}, {"name": "Bob"}])
    first = env[Purchase].create({"reference": "1", "partner": anna, "amount": 1000})
    env[Purchase].create({"reference": "2", "partner": anna, "amount": 25})
    assert (anna.points, anna.level) == (102, "gold")
    first.amount = 50
    assert (anna.points, anna.level) == (7, "plain")
    first.partner = bob
    assert (anna.points, bob.points) == (2, 5)
    first.delete()
    assert (anna.points, bob.points) == (2, 0)
    env.invalidate()
    assert (anna.points, bob.points) == (2, 0)


def test_stored_values_go_into_the_insert_itself(env: Env, counted: Counted) -> None:
    anna = env[LoyalPartner].create({"name": "Anna"})
    env.flush()
    counted()
    env[Purchase].create([{"reference": str(i), "partner": anna, "amount": 100} for i in range(50)])
    env.flush()
    # ids, reading what the database has of Anna's purchases and sums (twice one query), COPY, UPDATE
    assert counted() <= 6
    assert env.sql("SELECT min(points), max(points) FROM toy.purchase") == [(10, 10)]
    assert env.sql("SELECT points, level FROM toy.partner") == [(500, "gold")]


def test_a_computed_value_is_read_right_before_the_flush_over_two_hops(env: Env) -> None:
    anna = env[LoyalPartner].create({"name": "Anna"})
    purchase = env[Purchase].create({"reference": "1", "partner": anna, "amount": 10})
    env.invalidate()
    assert anna.level == "plain"
    purchase.amount = 5000
    assert anna.level == "gold"
    assert env.sql("SELECT level FROM toy.partner") == [("gold",)]


def test_renaming_parents_follows_in_one_update(env: Env, counted: Counted) -> None:
    parents = env[Partner].create([{"name": f"parent {i}"} for i in range(10)])
    children = env[Partner].create([{"name": f"c{i}", "parent": parents[i % 10]} for i in range(200)])
    env.invalidate()
    for place, parent in enumerate(parents):
        parent.name = f"new {place}"
    env.flush()
    env.invalidate()
    assert children[13].display == "new 3 / c13"
    assert children[13].full_name == "new 3.c13"


def test_an_equal_result_is_not_written(env: Env, counted: Counted) -> None:
    anna = env[LoyalPartner].create({"name": "Anna"})
    purchase = env[Purchase].create({"reference": "1", "partner": anna, "amount": 10})
    env.invalidate()
    version = anna.version
    purchase.amount = 11
    env.flush()
    env.invalidate()
    assert anna.version == version
    assert purchase.points == 1


def test_recomputing_does_not_count_as_a_version(env: Env) -> None:
    anna = env[LoyalPartner].create({"name": "Anna"})
    purchase = env[Purchase].create({"reference": "1", "partner": anna, "amount": 10})
    env.invalidate()
    purchase.amount = 5000
    env.invalidate()
    assert (anna.points, anna.version, purchase.version) == (500, 1, 2)


def test_values_that_are_not_stored_follow_too(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna", "city": "porto"})
    child = env[Partner].create({"name": "Child", "parent": anna})
    assert (anna.city_upper, child.parent_city) == ("PORTO", "porto")
    anna.city = "lisbon"
    assert (anna.city_upper, child.parent_city) == ("LISBON", "lisbon")


def test_a_computed_field_is_written_through_its_inverse(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna"})
    purchase = env[Purchase].create({"reference": "1", "partner": anna, "amount": 10})
    purchase.doubled = 50
    env.invalidate()
    assert (str(purchase.amount), str(purchase.doubled)) == ("25.00", "50.00")


def test_a_readonly_computed_value_cannot_be_set(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna", "display": "wrong"})
    assert anna.display == "Anna"
    with pytest.raises(DeveloperError, match="is computed"):
        anna.display = "wrong"


def test_a_many2many_is_followed_on_both_sides(env: Env) -> None:
    red, blue = env[Tag].create([{"name": "red"}, {"name": "blue"}])
    anna = env[Partner].create({"name": "Anna", "tags": [Command.set([red.id])]})
    env.invalidate()
    assert anna.tag_names == "red"
    red.name = "rot"
    assert anna.tag_names == "rot"
    anna.tags |= blue
    assert anna.tag_names == "blue,rot"
    env.flush()
    red.delete()
    assert anna.tag_names == "blue"


def test_a_chain_of_a_thousand_is_right_at_the_far_end(env: Env, counted: Counted) -> None:
    ids = []
    parent = env[Partner].browse([])
    for level in range(1000):
        parent = env[Partner].create({"name": f"{level}", "parent": parent})
        ids.append(parent.id)
    env.flush()
    assert parent.full_name.count(".") == 999
    env.invalidate()
    root, leaf = env[Partner].browse(ids[0]), env[Partner].browse(ids[-1])
    counted()
    root.name = "root"
    assert leaf.full_name.startswith("root.1.2.")
    assert counted() < 20
    env.invalidate()
    assert leaf.full_name.startswith("root.1.2.")


def test_moving_a_branch_recomputes_all_below(env: Env) -> None:
    top, other = env[Partner].create([{"name": "top"}, {"name": "other"}])
    middle = env[Partner].create({"name": "middle", "parent": top})
    leaf = env[Partner].create({"name": "leaf", "parent": middle})
    env.invalidate()
    middle.parent = other
    assert leaf.full_name == "other.middle.leaf"


def test_a_wrong_path_fails_when_the_registry_is_built() -> None:
    class Wrong(Model, name="bad.wrong"):
        name = fields.Char()
        size = fields.Integer(stored=True)

        @size.compute("nmae")
        def _compute_size(self) -> None: ...

    with pytest.raises(UnknownFieldError, match='Did you mean "name"'):
        Registry.build([AddonModels("bad", (Wrong,))])

    class NoRelation(Model, name="bad.no_relation"):
        name = fields.Char()
        size = fields.Integer(stored=True)

        @size.compute("name.size")
        def _compute_size(self) -> None: ...

    with pytest.raises(RegistryError, match="is no relation"):
        Registry.build([AddonModels("bad", (NoRelation,))])


@pytest.mark.parametrize("first", ["read", "flush"])
def test_a_method_may_send_a_query_whoever_asks_for_its_value(cluster: Cluster, pool: Pool, first: str) -> None:
    class Asking(Model, name="asking.asking"):
        name = fields.Char(required=True)
        shown = fields.Char(stored=True)

        @shown.compute("name")
        def _compute_shown(self) -> None:
            ((sign,),) = self.env.sql("SELECT '#'")
            for record in self:
                record.shown = sign + record.name

    registry = Registry.build([AddonModels("asking", (Asking,))])
    with installed(cluster, registry) as dsn, rolled_back(pool, dsn) as tx:
        env = Env.open(tx, registry, Ports())
        made = env[Asking].create([{"name": "a"}, {"name": "b"}])
        if first == "flush":
            env.flush()
        assert made.mapped(Asking.shown) == ["#a", "#b"]
        assert env.sql("SELECT shown FROM asking.asking ORDER BY id") == [("#a",), ("#b",)]


def test_a_method_that_forgets_a_record_is_told_so(env: Env) -> None:
    class Lazy(Model, name="lazy.lazy"):
        size = fields.Integer()

        @size.compute()
        def _compute_size(self) -> None: ...

    registry = Registry.build([AddonModels("lazy", (Lazy,))])
    lazy = Env.open(env.tx, registry, env.ports)[Lazy]
    with pytest.raises(DeveloperError, match="did not set size"):
        _ = lazy.draft().size


def test_a_draft_computes_and_writes_nothing(env: Env, counted: Counted) -> None:
    anna = env[Partner].create({"name": "Anna", "city": "Porto"})
    env.flush()
    counted()
    draft = env[Purchase].draft({"partner": anna.id, "amount": 100})
    assert (draft.points, draft.partner.name) == (10, "Anna")
    draft.amount = 55
    assert draft.points == 5
    assert counted() <= 1  # the customer's other purchases, as their sum is computed in the draft too
    assert env[Purchase].count() == 0
    draft.reference = "D"
    saved = draft.save()
    assert (saved.reference, saved.points, anna.children.ids) == ("D", 5, ())
    assert env[Purchase].search() == saved


class _Enough(Exception):
    """Rolls an example back."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["amount", "move", "delete", "create", "flush", "read", "forget"]),
            st.integers(0, 5),
            st.integers(0, 900),
        ),
        max_size=25,
    )
)
def test_whatever_is_done_sums_are_those_of_the_rows(env: Env, steps: list[tuple[str, int, int]]) -> None:
    with pytest.raises(_Enough), env.savepoint():
        partners = env[LoyalPartner].create([{"name": f"p{i}"} for i in range(3)])
        alive = list(env[Purchase].create([{"reference": f"{i}", "partner": partners[i % 3]} for i in range(4)]))
        made = 4
        for step, place, value in steps:
            if step == "create":
                made += 1
                alive.append(
                    env[Purchase].create({"reference": f"{made}", "partner": partners[place % 3], "amount": value})
                )
            elif step == "flush":
                env.flush()
            elif step == "read":
                _ = partners[place % 3].level
            elif step == "forget":
                env.invalidate()
            elif alive:
                purchase = alive[place % len(alive)]
                if step == "amount":
                    purchase.amount = value
                elif step == "move":
                    purchase.partner = partners[value % 3]
                else:
                    alive.remove(purchase)
                    purchase.delete()
        seen = [(partner.points, partner.level) for partner in partners]
        env.invalidate()
        rows = env.sql(
            "SELECT p.points, p.level, coalesce((SELECT sum(floor(amount / 10)) FROM toy.purchase u"
            " WHERE u.partner_id = p.id), 0)::int8 FROM toy.partner p WHERE p.id = ANY(%s) ORDER BY id",
            (list(partners.ids),),
        )
        assert [(points, level) for points, level, _ in rows] == seen
        assert [points for points, _, _ in rows] == [total for _, _, total in rows]
        raise _Enough
