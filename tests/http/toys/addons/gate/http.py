"""Pages of the toys: login, logout, and one for each kind of answer and failure."""

from __future__ import annotations

from kernel.errors import DeveloperError, UserError
from kernel.http import Request, Response, route
from kernel.http.login import authenticate, sign_in, sign_out
from kernel.http.responses import json_response, local_path, redirect


@route("/login", methods=["GET"], auth="public")
def login(request: Request) -> Response:
    return request.render("gate/login.html", {"error": ""})


@route("/login", methods=["POST"], auth="public")
def log_in(request: Request) -> Response:
    try:
        user = authenticate(request, request.form.get("login", ""), request.form.get("password", ""))
    except UserError as error:
        return request.render("gate/login.html", {"error": error.text}, status=error.status)
    sign_in(request, user)
    return redirect(local_path(request.args.get("next"), "/app"))


@route("/logout", methods=["POST"], auth="public")
def log_out(request: Request) -> Response:
    sign_out(request)
    return redirect("/login")


@route("/app")
@route("/app/<path:place>")
def app(request: Request, place: str = "") -> Response:
    values = {"user": request.env.user.name, "csrf": request.csrf_token, "place": place}
    return json_response(values)


@route("/gate/ping", auth="none")
def ping(request: Request) -> Response:
    return json_response({"tenant": request.tenant.name})


@route("/gate/webhook", methods=["POST"], auth="public", csrf=False, max_body=100)
def webhook(request: Request) -> Response:
    size = len(request.get_data())
    return json_response({"size": size, "user": request.env.user_id})


@route("/gate/broken", auth="public")
def broken(request: Request) -> Response:
    request.env.sql("SELECT secret_column FROM nowhere")
    raise DeveloperError("never reached")


@route("/gate/boom", auth="public")
def boom(request: Request) -> Response:
    raise ZeroDivisionError("a secret of the inside")
