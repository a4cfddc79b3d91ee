"""Pages and data of the client: login, logout, the shell, boot data."""

from __future__ import annotations

from addons.base.models import Company
from addons.web.apps import check_manager, file_operation, find_operation, list_apps, operation_json, plan_of
from addons.web.boot import boot_data
from addons.web.bundle import view_bundle
from addons.web.catalogs import catalog_of
from addons.web.compiler.shapes import VIEWS
from addons.web.shell import page_language, shell
from kernel.errors import UserError
from kernel.http import Request, Response, route
from kernel.http.casting import ArgumentError
from kernel.http.login import authenticate, sign_in, sign_out
from kernel.http.responses import json_response, local_path, redirect
from kernel.http.wire import check_names

HOME = "/app"


@route("/", auth="public")
def home(request: Request) -> Response:
    """The client for who is logged in, the login page for others."""
    return redirect(HOME if request.session else "/login")


@route("/login", auth="public")
def login(request: Request) -> Response:
    """The login page; who is logged in already goes on."""
    target = local_path(request.args.get("next"), HOME)
    return redirect(target) if request.session else _login_page(request, target)


@route("/login", methods=["POST"], auth="public")
def log_in(request: Request) -> Response:
    """Open a session, or show the page again with what was wrong and the login kept."""
    target = local_path(request.form.get("next"), HOME)
    given = request.form.get("login", "")
    try:
        user = authenticate(request, given, request.form.get("password", ""))
    except UserError as error:
        return _login_page(request, target, given, error)
    sign_in(request, user)
    return redirect(target)


@route("/logout", methods=["POST"], auth="public")
def log_out(request: Request) -> Response:
    """End the session."""
    sign_out(request)
    return redirect("/login")


@route("/app", auth="user")
@route("/app/<path:place>", auth="user")
def client(request: Request, place: str = "") -> Response:
    """The client's page; where in it, the client reads from the address itself."""
    del place
    return shell(request)


@route("/web/boot", auth="user")
def boot(request: Request) -> Response:
    """The boot data anew: after an addon was installed, or a new login of the same person."""
    return json_response(boot_data(request))


@route("/web/apps", auth="user")
def apps(request: Request) -> Response:
    """What is installed, what could be, and what is being done."""
    check_manager(request)
    return json_response(list_apps(request))


@route("/web/apps/plan", methods=["POST"], auth="user")
def plan_apps(request: Request) -> Response:
    """What installing or uninstalling would do."""
    check_manager(request)
    return json_response(plan_of(request))


@route("/web/apps/run", methods=["POST"], auth="user")
def run_apps(request: Request) -> Response:
    """File an operation; the worker carries it out."""
    check_manager(request)
    return json_response({"operation": file_operation(request).id})


@route("/web/apps/operations/<int:number>", auth="user")
def operation(request: Request, number: int) -> Response:
    """How far an operation is."""
    check_manager(request)
    return json_response(operation_json(find_operation(request, number)))


@route("/rpc/<model>/view", methods=["POST"], auth="user")
def view(request: Request, model: str) -> Response:
    """The views of a model with all that a client must know to show them, in one answer."""
    body = request.json
    check_names(body, ("types", "variant"), "view")
    types = body.get("types", list(VIEWS))
    if not isinstance(types, list) or not all(isinstance(kind, str) for kind in types):
        raise ArgumentError("types: a list of texts is needed.")
    bundle = view_bundle(request.env, catalog_of(request.assembly), model, types, str(body.get("variant") or ""))
    return json_response({"result": bundle})


def _login_page(request: Request, target: str, given: str = "", error: UserError | None = None) -> Response:
    env = request.env.as_system("the login page shows the company's name")
    company = env[Company].search(order="id", limit=1)
    values = {
        **page_language(request),
        "title": company.name if company else request.tenant.row.name,
        "next": target,
        "login": given,
        "error": error.text if error else "",
        "hint": error.hint if error else "",
    }
    return request.render("web/login.html", values, status=error.status if error else 200)
