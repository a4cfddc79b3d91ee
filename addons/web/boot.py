"""Boot data: what the client must know when it starts (who, where, which apps), in one piece."""

from __future__ import annotations

from typing import Any

from addons.base.models import Company, Preference
from addons.web.catalogs import catalog_of
from addons.web.custom import kind_actions, kind_menus
from addons.web.menus import computed_menus, menu_tree, visible_actions
from kernel.addons import Addon
from kernel.addons.hookspecs import menu_items
from kernel.http import Request
from kernel.orm import Env


def boot_data(request: Request) -> dict[str, Any]:
    """The boot data of the person who asks."""
    env, user = request.env, request.env.user
    return {
        "user": {
            "id": user.id,
            "name": user.name,
            "login": user.login,
            "language": user.language,
            "tz": user.tz,
        },
        **_company(env, request.tenant.row.name),
        "csrf": request.csrf_token,
        **_menus(request),
        "addons": addon_modules(request),
        "preferences": {row.key: row.value for row in env[Preference].search(Preference.user == user.id)},
        "version": request.static("web", "client/web-manifest.json").split("/")[-3],
    }


def _company(env: Env, tenant: str) -> dict[str, Any]:
    companies = env.as_system("everybody sees the name of the company they work for")[Company]
    company = companies.browse(env.company) if env.company else companies.search(order="id", limit=1)
    currency = company.currency
    return {
        "tenant": {"name": tenant, "title": company.name},
        "company": {
            "id": company.id,
            "name": company.name,
            "currency": {"code": currency.code, "symbol": currency.symbol, "decimals": currency.decimals},
        },
    }


def _menus(request: Request) -> dict[str, Any]:
    env, catalog = request.env, catalog_of(request.assembly)
    groups = env.user.groups
    actions = visible_actions(catalog, groups, lambda model: env.may(env.registry.model(model), "read"))
    actions |= kind_actions(env)
    computed = [menu for items in env.hooks(menu_items)(env=env) for menu in computed_menus(items)]
    return {
        "apps": menu_tree([*catalog.menus.values(), *computed, *kind_menus(env)], actions, groups),
        "actions": {id: action.as_json() for id, action in actions.items()},
    }


def addon_modules(request: Request) -> list[dict[str, str]]:
    """The client modules of installed addons, in load order: `static/web/main.js`, and `main.css` beside it."""
    return [
        {"name": addon.name, "url": request.static(addon.name, "web/main.js"), **_style(request, addon)}
        for addon in request.assembly.addons
        if (addon.path / "static" / "web" / "main.js").is_file()
    ]


def _style(request: Request, addon: Addon) -> dict[str, str]:
    there = (addon.path / "static" / "web" / "main.css").is_file()
    return {"css": request.static(addon.name, "web/main.css")} if there else {}
