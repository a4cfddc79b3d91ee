"""Routes are noted on functions, collected by whoever asks, and refused where two answer one request."""

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Response

from kernel.errors import RegistryError
from kernel.http.routes import UrlMap, route, routes_of


@route("/card/<int:id>")
@route("/card", methods=["GET", "POST"], auth="public")
def card(request: object, id: int = 0) -> Response:
    return Response(str(id))


@route("/card/<int:number>")
def other_card(request: object, number: int) -> Response:
    return Response(str(number))


@route("/card/new")
def new_card(request: object) -> Response:
    return Response("new")


def test_a_function_may_answer_several_paths() -> None:
    assert {found.path for found in routes_of(card)} == {"/card", "/card/<int:id>"}
    assert routes_of(len) == ()


def test_the_map_gives_route_and_values() -> None:
    found, values = UrlMap(routes_of(card)).match("/card/7", "GET")
    assert found.handler is card
    assert values == {"id": 7}


def test_a_fixed_path_wins_over_a_variable_one() -> None:
    urls = UrlMap((*routes_of(card), *routes_of(new_card)))
    assert urls.match("/card/new", "GET")[0].handler is new_card


def test_unknown_path_and_method_differ() -> None:
    urls = UrlMap(routes_of(card))
    with pytest.raises(NotFound):
        urls.match("/nothing", "GET")
    with pytest.raises(MethodNotAllowed):
        urls.match("/card/7", "DELETE")


def test_two_routes_for_one_request_name_both_places() -> None:
    with pytest.raises(RegistryError) as caught:
        UrlMap((*routes_of(card), *routes_of(other_card)))
    assert str(caught.value).count("test_routes.py:") == 2
