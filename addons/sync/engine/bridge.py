"""A bridge: two sides, their links, and what it does when it hears that something was made or changed.

    RULES = (Rule("email", "email", "email"),)
    BRIDGE = Bridge(MyLink, Side(Partner, "partner"), Side(Contact, "contact"), rules=RULES)

    @hookimpl
    def records_created(env, records): BRIDGE.heard(env, records)

    @hookimpl
    def records_written(env, records, changed): BRIDGE.heard(env, records, changed)

No write comes back as an echo: a value is passed on only where the other side has another one, and what
owns a field is the same whoever asks. All of it happens in the transaction of the first write.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from addons.sync.engine.contract import BURST, BURST_SECONDS, Owner, Rule, digest, not_yours, same
from addons.sync.engine.matching import Matches, Proposal, match
from addons.sync.engine.parties import Side
from addons.sync.models import ContractRow, FieldState, Link, LogEntry
from addons.sync.specs import sync_linked
from kernel.orm import Env, Model

WHY: Final = "a bridge keeps the records of two addons equal, whoever changed one of them"
STATE_OF: Final[Mapping[str, str]] = {"link": "active", "suggest": "suggested"}
LOGGED: Final[Mapping[str, str]] = {"active": "linked"}


@dataclass(frozen=True, slots=True)
class Bridge:
    """What connects two models. With a table `contract`, `rules` are what that holds after the install."""

    link: type[Link]
    left: Side
    right: Side
    log: type[LogEntry] | None = None
    states: type[FieldState] | None = None
    contract: type[ContractRow] | None = None
    rules: tuple[Rule, ...] = ()
    owners: Mapping[str, Owner] = field(default_factory=dict)
    """The words of the contract's owners, where they are others than those of the engine."""

    # -- asking ------------------------------------------------------------------------------------------
    def rules_of(self, env: Env) -> tuple[Rule, ...]:
        """The contract."""
        if self.contract is None:
            return self.rules
        rows = env.as_system(WHY)[self.contract].search(order="id")
        known: Any = self.owners
        return tuple(Rule(row.field, row.left_field, row.right_field, known.get(row.owner, row.owner)) for row in rows)

    def links_of(self, records: Model) -> Link:
        """The active links of records of one side, as the system."""
        env = records.env.as_system(WHY)
        side = self._side(records)
        domain: Any = self.link
        links = env[self.link]
        return links.search((domain.state == "active") & getattr(domain, side.link).is_in(records.ids), order="id")

    def partner_of(self, record: Model) -> Any:
        """The record that this one is linked to, as the system; empty where there is none."""
        other = self._other(self._side(record))
        links = self.links_of(record)
        return getattr(links, other.link) if links else other.records(record.env.as_system(WHY))

    def refuse(self, records: Model, name: str) -> None:
        """Raise where `name` was given another value than the side has that owns it. Called by a `@validates`."""
        side = self._side(records)
        other, on_left = self._other(side), side is self.left
        rules = [rule for rule in self.rules_of(records.env) if rule.source(on_left) == name]
        rules = [rule for rule in rules if rule.owned_elsewhere(on_left)]
        for link in self.links_of(records).filtered(lambda link: not link.paused) if rules else ():
            record, owner = getattr(link, side.link), getattr(link, other.link)
            for rule in rules:
                if not same(getattr(record, name), getattr(owner, rule.source(not on_left))):
                    raise not_yours(record, name, owner, rule)

    def preview(self, env: Env) -> list[str]:
        """What `match_all` would do before there is a link; nothing is changed."""
        found = match(self.left.parties(env), self.right.parties(env))
        left, right = (env[side.model].__info__.label.lower() for side in (self.left, self.right))
        lines = [
            f"{len(found.links)} pairs of a {left} and a {right} with the same e-mail are linked",
            f"{len(found.suggestions)} pairs are suggested for a person to decide",
        ]
        for side, other, lonely in ((self.left, right, found.lonely_right), (self.right, left, found.lonely_left)):
            if side.new is not None:
                label = env[side.model].__info__.label.lower()
                lines.append(f"{len(lonely)} {label} records are created for a {other} that has none")
        return [*lines, *self._preview_changes(env, found)]

    def _preview_changes(self, env: Env, found: Matches) -> Iterable[str]:
        """Which fields of how many records would get the owner's value."""
        lefts = {one.id: one for one in self.left.records(env, [pair.left for pair in found.links])}
        rights = {one.id: one for one in self.right.records(env, [pair.right for pair in found.links])}
        for rule in self.rules:
            changed = sum(bool(self._winner(rule, lefts[pair.left], rights[pair.right])) for pair in found.links)
            if changed:
                yield f"{changed} records get their {rule.field} from the other side"

    # -- doing -------------------------------------------------------------------------------------------
    def heard(self, env: Env, records: Model, changed: frozenset[str] | None = None) -> None:
        """Records were created, or written where `changed` names fields: match, link, pass on."""
        system = env.as_system(WHY)
        if isinstance(records, self.link):
            if changed is None or "state" in changed:
                self._links_changed(system, system[self.link].browse(records.ids))
            return
        for side in (self.left, self.right):
            if side.is_of(records):
                if changed is not None:
                    self._pass_on(system, side, records, changed)
                if changed is None or changed & {side.email, side.phone, "archived"}:
                    self._find(system, side, records)

    def install(self, env: Env) -> Matches:
        """Write the contract, and match all that is there."""
        env = env.as_system(WHY)
        if self.contract is not None:
            words = {owner: word for word, owner in self.owners.items()}
            rows = [(rule, words.get(rule.owner, rule.owner)) for rule in self.rules]
            env[self.contract].create(
                [
                    {"field": rule.field, "left_field": rule.left, "right_field": rule.right, "owner": owner}
                    for rule, owner in rows
                ]
            )
        return self.match_all(env)

    def match_all(self, env: Env) -> Matches:
        """Compare all records of both sides, and link, suggest and create what follows."""
        env = env.as_system(WHY)
        table = env[self.link].__info__.sql
        found = match(self.left.parties(env, table), self.right.parties(env, table), self._settled(env))
        self._apply(env, found)
        return found

    def join(self, left: Model, right: Model, method: str) -> Link:
        """Link two records because a person or a program said so."""
        links = left.env.as_system(WHY)[self.link]
        pair = {self.left.link: left.id, self.right.link: right.id}
        domain: Any = self.link
        known = links.search(
            (getattr(domain, self.left.link) == left.id) & (getattr(domain, self.right.link) == right.id), limit=1
        )
        if known:
            known.write(state="active", method=method, confidence=100)
            return known
        return links.create({**pair, "state": "active", "method": method, "confidence": 100})

    def come_back(self, env: Env) -> int:
        """After a time apart: note what differs, let the owners' values count again, link who is new; how many."""
        env = env.as_system(WHY)
        domain: Any = self.link
        found = 0
        for link in env[self.link].search(domain.state == "active", order="id"):
            found += self._align(env, link, "apart")
        self.match_all(env)
        return found

    # -- links -------------------------------------------------------------------------------------------
    def _find(self, env: Env, side: Side, records: Model) -> None:
        like = [party for party in side.parties_of(env, records) if party.email or party.phone]
        if not like:
            return
        table = env[self.link].__info__.sql
        lefts, rights = (each.parties(env, table, like=like) for each in (self.left, self.right))
        settled = self._settled(env, {party.id for party in lefts})
        found = match(lefts, rights, settled)
        mine = frozenset(records.ids)
        keep = found.lonely_left if side is self.left else found.lonely_right
        lonely = tuple(one for one in keep if one in mine)
        empty: tuple[int, ...] = ()
        both = (lonely, empty) if side is self.left else (empty, lonely)
        self._apply(env, Matches(found.proposals, *both))

    def _settled(self, env: Env, lefts: Collection[int] | None = None) -> set[tuple[int, int]]:
        """Pairs that have a link of any state."""
        left, right = f'"{self.left.link}_id"', f'"{self.right.link}_id"'
        where, params = ("", ()) if lefts is None else (f" WHERE {left} = ANY(%s)", (sorted(lefts),))
        rows = env.sql(f"SELECT {left}, {right} FROM {env[self.link].__info__.sql}{where}", params)
        return {(row[0], row[1]) for row in rows}

    def _apply(self, env: Env, found: Matches) -> None:
        env[self.link].create([self._row(pair) for pair in found.proposals])
        for side, other, lonely in (
            (self.left, self.right, found.lonely_right),
            (self.right, self.left, found.lonely_left),
        ):
            if side.new is not None and lonely:
                self._make_partners(env, side, other, lonely)

    def _make_partners(self, env: Env, side: Side, other: Side, lonely: tuple[int, ...]) -> None:
        """Records of one side for those of the other that have none, and their links unless hooks made them."""
        assert side.new is not None
        new = env[side.model].create([side.new(one) for one in other.records(env, lonely)])
        env.flush()
        domain: Any = self.link
        there = env[self.link].search(getattr(domain, other.link).is_in(lonely) & (domain.state == "active"))
        done = set(there.mapped(other.link).ids)
        common = {"state": "active", "method": "created", "confidence": 100}
        pairs = [(made, one) for made, one in zip(new.ids, lonely, strict=True) if one not in done]
        env[self.link].create([{side.link: made, other.link: one, **common} for made, one in pairs])

    def _row(self, pair: Proposal) -> dict[str, Any]:
        found = {"state": STATE_OF[pair.kind], "method": pair.method, "confidence": pair.confidence}
        return {self.left.link: pair.left, self.right.link: pair.right, **found}

    def _links_changed(self, env: Env, links: Link) -> None:
        """Note it; bring what became active in line, and tell who listens."""
        self._note(env, [{"link": link.id, "event": LOGGED.get(link.state, link.state)} for link in links])
        active = links.filtered(lambda link: link.state == "active")
        if not active:
            return
        self._close_suggestions(env, active)
        for link in active:
            self._align(env, link, "applied")
        env.flush()
        env.hooks(sync_linked)(env=env, links=active)

    def _close_suggestions(self, env: Env, active: Link) -> None:
        """Who is linked is no candidate any more."""
        domain: Any = self.link
        ours, theirs = (active.mapped(side.link).ids for side in (self.left, self.right))
        either = getattr(domain, self.left.link).is_in(ours) | getattr(domain, self.right.link).is_in(theirs)
        env[self.link].search((domain.state == "suggested") & either).write(state="rejected")

    # -- values ------------------------------------------------------------------------------------------
    def _pass_on(self, env: Env, side: Side, records: Model, changed: frozenset[str]) -> None:
        """Give the other side what was written here, as far as it flows that way."""
        from_left = side is self.left
        if not changed & {rule.source(from_left) for rule in self.rules_of(env)}:
            return
        rules = [rule for rule in self.rules_of(env) if rule.flows(from_left) and rule.source(from_left) in changed]
        links = self.links_of(records) if rules else env[self.link]
        if not links:
            return
        table = env[self.link].__info__.sql
        env.sql(f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", (list(links.ids),))
        for link in links.filtered(lambda link: not link.paused):
            here, there = getattr(link, side.link), getattr(link, self._other(side).link)
            for rule in rules:
                value = getattr(here, rule.source(from_left))
                self._give(env, link, rule, there, rule.source(not from_left), value, here)

    def _align(self, env: Env, link: Link, event: str) -> int:
        """Let the owner's value count in each field, a value instead of none; how many differed."""
        left, right = getattr(link, self.left.link), getattr(link, self.right.link)
        differed = 0
        for rule in self.rules_of(env):
            winner = self._winner(rule, left, right)
            if winner:
                of_left = winner is left
                here, there = (left, right) if of_left else (right, left)
                value = getattr(here, rule.source(of_left))
                differed += self._give(env, link, rule, there, rule.source(not of_left), value, here, event)
        return differed

    def _winner(self, rule: Rule, left: Model, right: Model) -> Model | None:
        """Whose value the other gets; None where they are equal, or where neither is nearer to the truth."""
        ours, theirs = getattr(left, rule.left), getattr(right, rule.right)
        if rule.owner == "none" or same(ours, theirs) or (rule.owner == "latest" and ours and theirs):
            return None
        if rule.owner == "latest":
            return left if ours else right
        first, second = (left, right) if rule.owner == "left" else (right, left)
        return first if (ours if first is left else theirs) else second

    def _give(
        self, env: Env, link: Link, rule: Rule, to: Model, name: str, value: Any, origin: Model, event: str = "applied"
    ) -> bool:
        """Write a value on the other side and note it, unless it is known there or cannot be taken."""
        before = getattr(to, name)
        side = self._side(to)
        if same(before, value) or not side.takes(to, name, value) or self._too_often(env, link, rule, value, origin):
            return False
        entry = {"model": to.__info__.name, "record": to.id, "before": str(before or ""), "after": str(value or "")}
        source = origin.__info__.name
        self._note(env, [{"link": link.id, "event": event, "field": name, "origin": source, **entry}])
        setattr(to, name, value)
        return True

    def _too_often(self, env: Env, link: Link, rule: Rule, value: Any, origin: Model) -> bool:
        """Keep the state of the field; a link that changes again and again is paused, and somebody may look."""
        if self.states is None:
            return False
        now: dt.datetime = env.sql("SELECT clock_timestamp()")[0][0]
        domain: Any = self.states
        state = env[self.states].search((domain.link == link.id) & (domain.field == rule.field), limit=1)
        recent = bool(state) and state.burst_began is not None and (now - state.burst_began).seconds < BURST_SECONDS
        burst = state.burst + 1 if recent else 1
        values = {
            "hash": digest(value),
            "changed_at": now,
            "changed_by": env.user_id,
            "origin": origin.__info__.name,
            "burst": burst,
            "burst_began": state.burst_began if recent else now,
        }
        if state:
            state.write(**values)
        else:
            env[self.states].create({"link": link.id, "field": rule.field, **values})
        if burst <= BURST:
            return False
        link.write(paused=True)
        self._note(env, [{"link": link.id, "event": "paused", "field": rule.field}])
        return True

    def _note(self, env: Env, rows: list[dict[str, Any]]) -> None:
        if self.log is not None:
            env[self.log].create([{"at": env.now(), **row} for row in rows])

    def _side(self, records: Model) -> Side:
        return self.left if self.left.is_of(records) else self.right

    def _other(self, side: Side) -> Side:
        return self.right if side is self.left else self.left
