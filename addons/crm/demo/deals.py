"""Deals over all stages with the history of how they got there, leads, and what is to be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from addons.crm.demo.company import Cast, plain
from addons.crm.demo.words import COMPETITORS, LEADS, PHONES, PRODUCTS, SCOPES, STEPS
from addons.crm.models import Activity, Lead, Opportunity, StageEvent
from kernel.orm import Env

#: stage, number of deals; together 60
SPREAD = (
    ("new", 10),
    ("qualified", 9),
    ("discovery", 9),
    ("proposal", 8),
    ("negotiation", 6),
    ("won", 11),
    ("lost", 7),
)
PATH = ("new", "qualified", "discovery", "proposal", "negotiation")
REASONS = ("price", "competitor", "no_budget", "no_decision", "no_answer", "not_a_fit")
SOURCES = ("website", "referral", "event", "outbound", "partner", "advert")
#: days from now in which the next step is due: overdue, today, soon, later
NEXT = ((-9, -1), (0, 0), (1, 4), (2, 14), (5, 21))
WON_BECAUSE = ("Quick pilot", "Works offline", "Good references", "Fair price for all depots")


def make_deals(env: Env, rng: Random, cast: Cast) -> Opportunity:
    """Sixty deals; their moves are dated back, as if the year had happened."""
    names = [stage for stage, number in SPREAD for _ in range(number)]
    rows = [_deal(env, rng, cast, index, stage) for index, stage in enumerate(names)]
    deals = env[Opportunity].create(rows)
    env.flush()
    env[StageEvent].search(StageEvent.opportunity.is_in(deals)).delete()
    env[StageEvent].create(
        [event for deal, stage in zip(deals, names, strict=True) for event in _moves(env, rng, cast, deal, stage)]
    )
    return deals


def _deal(env: Env, rng: Random, cast: Cast, index: int, stage: str) -> dict[str, object]:
    place = (index * 7) % len(cast.accounts)
    account, people = cast.accounts[place], cast.contacts[place]
    product, price = PRODUCTS[(index * 3 + index // 10) % len(PRODUCTS)]
    unsized = stage == "new" and index % 3 == 0
    values: dict[str, object] = {
        "name": f"{product} for {SCOPES[(index * 7 + 3) % len(SCOPES)]}",
        "account": account,
        "contact": people[0],
        "contacts": [people[1].id] if index % 4 == 0 else [],
        "stage": cast.refs[f"stage_{stage}"],
        "amount": 0 if unsized else round(price * rng.uniform(0.6, 1.6) / 500) * 500,
        "close_date": _close_date(env, rng, stage),
        "owner": cast.seller(place),
        "team": cast.team,
        "source": cast.refs[f"source_{SOURCES[index % len(SOURCES)]}"],
        "tags": _tags(cast, index),
        "manual_probability": 60 if stage == "discovery" and index % 4 == 0 else None,
    }
    if stage == "lost":
        values["lost_reason"] = cast.refs[f"lost_{REASONS[index % len(REASONS)]}"]
        values["competitor"] = COMPETITORS[index % len(COMPETITORS)] if index % 2 else ""
    if stage == "won":
        values["won_reason"] = WON_BECAUSE[index % len(WON_BECAUSE)]
    return values


def _tags(cast: Cast, index: int) -> list[int]:
    names = {0: ("priority",), 1: ("new_business",), 3: ("expansion",), 4: ("renewal", "priority")}
    return [cast.refs[f"tag_{name}"] for name in names.get(index % 6, ())]


def _close_date(env: Env, rng: Random, stage: str) -> dt.date | None:
    """Soon for what is far along, in the past for what is closed; a few are late or not dated yet."""
    if stage in ("won", "lost"):
        return env.today() - dt.timedelta(days=rng.randrange(2, 200))
    if stage == "new" and rng.random() < 0.4:
        return None
    if rng.random() < 0.12:
        return env.today() - dt.timedelta(days=rng.randrange(1, 12))
    ahead = {"new": 110, "qualified": 90, "discovery": 70, "proposal": 45, "negotiation": 25}[stage]
    return env.today() + dt.timedelta(days=rng.randrange(ahead // 3, ahead))


def _moves(env: Env, rng: Random, cast: Cast, deal: Opportunity, stage: str) -> Iterator[dict[str, object]]:
    """The rows of one deal's history, the last entered some days ago; one open deal in four is stale."""
    path = [*PATH[: rng.randrange(1, 5)], "lost"] if stage == "lost" else [*PATH, "won"]
    path = path[: path.index(stage) + 1]
    at = _entered(env, rng, deal)
    spent = [dt.timedelta(days=rng.randrange(3, 20), minutes=rng.randrange(480)) for _ in path[1:]]
    at -= sum(spent, dt.timedelta())
    before: str | None = None
    for name, gone in zip(path, [dt.timedelta(), *spent], strict=True):
        at += gone
        yield {
            "opportunity": deal.id,
            "from_stage": cast.refs[f"stage_{before}"] if before else None,
            "to_stage": cast.refs[f"stage_{name}"],
            "at": at,
            "by": deal.owner.id,
            "seconds": int(gone.total_seconds()),
        }
        before = name


def _entered(env: Env, rng: Random, deal: Opportunity) -> dt.datetime:
    """When the deal entered the stage it is in."""
    noon = env.now().replace(hour=10, minute=rng.randrange(60), second=0, microsecond=0)
    if deal.kind in ("won", "lost") and deal.close_date is not None:
        return noon - (env.today() - deal.close_date)
    limit = deal.stage.rot_days
    days = limit + rng.randrange(2, 15) if rng.random() < 0.25 else rng.randrange(1, max(limit, 2))
    return noon - dt.timedelta(days=days)


def make_leads(env: Env, rng: Random, cast: Cast) -> Lead:
    """Two dozen leads: most to work on, two put aside, and two that were converted."""
    rows = [_lead(rng, cast, index) for index in range(len(LEADS))]
    leads = env[Lead].create(rows)
    dropped = leads.filtered(lambda lead: lead.score <= 5)
    dropped.drop()
    return leads - dropped


def _lead(rng: Random, cast: Cast, index: int) -> dict[str, object]:
    title, person, company, country, source, score = LEADS[index]
    host, mailbox = plain(company), plain(person.split()[0])
    return {
        "name": title,
        "contact_name": person,
        "company_name": company,
        "email": f"{mailbox}@{host}.example",
        "website": f"https://{host}.example",
        "phone": PHONES[country].format(20 + index % 20) if index % 2 else "",
        "note": f"Writes from {country}.",
        "state": "working" if index % 3 == 0 else "new",
        "score": score,
        "expected_amount": rng.randrange(4, 40) * 500 if score >= 50 else 0,
        "source": cast.refs[f"source_{source}"],
        "owner": cast.seller(index) if index % 4 != 1 else None,
        "team": cast.team,
    }


def make_activities(env: Env, rng: Random, cast: Cast, deals: Opportunity, leads: Lead) -> Activity:
    """What was done and what is next; some steps are overdue, some are due today, some deals have none."""
    rows = [row for index, deal in enumerate(deals) for row in _deal_steps(env, rng, index, deal)]
    rows += [_lead_step(env, rng, index, lead) for index, lead in enumerate(leads) if index % 2 == 0]
    rows += [_account_step(env, rng, cast, index) for index in range(0, len(cast.accounts), 8)]
    return env[Activity].create(rows)


def _deal_steps(env: Env, rng: Random, index: int, deal: Opportunity) -> Iterator[dict[str, object]]:
    about = {"opportunity": deal.id, "contact": deal.contact.id, "account": deal.account.id}
    owner = deal.owner.id
    for _ in range(rng.randrange(1, 4)):
        ago = rng.randrange(3, 60)
        done_at = env.now() - dt.timedelta(days=ago, minutes=rng.randrange(300))
        yield {**_step(env, rng, -ago), **about, "owner": owner, "done_at": done_at}
    if deal.kind == "open" and index % 8 != 5:
        first, last = NEXT[index % len(NEXT)]
        yield {**_step(env, rng, rng.randint(first, last)), **about, "owner": owner}


def _lead_step(env: Env, rng: Random, index: int, lead: Lead) -> dict[str, object]:
    days = (-2, 0, 1, 3)[index // 2 % 4]
    return {**_step(env, rng, days), "lead": lead.id, "owner": lead.owner.id if lead.owner else None}


def _account_step(env: Env, rng: Random, cast: Cast, index: int) -> dict[str, object]:
    row = _step(env, rng, rng.randrange(1, 20))
    about = {"account": cast.accounts[index].id, "owner": cast.seller(index).id}
    return {**row, **about, "summary": "Yearly review", "type": "meeting"}


def _step(env: Env, rng: Random, days: int) -> dict[str, object]:
    kind, summary = rng.choice(STEPS)
    return {"type": kind, "summary": summary, "due_date": env.today() + dt.timedelta(days=days)}
