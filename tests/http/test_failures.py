"""What a client is told when something fails: never a traceback, never SQL, always a next step."""

import psycopg
import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge

from kernel.errors import (
    AddonError,
    BusyError,
    ConflictError,
    DeveloperError,
    EditionError,
    TransactionDeadError,
    UnknownFieldError,
    ValidationError,
)
from kernel.http.error_page import error_page
from kernel.http.failures import failure_of
from kernel.http.limits import TooManyRequestsError


def test_a_validation_error_names_record_and_field() -> None:
    failure = failure_of(ValidationError("Too low.", record=("a.b", 3), field="amount", hint="Raise it."))
    assert failure.status == 422
    assert failure.body == {
        "code": "validation",
        "text": "Too low.",
        "hint": "Raise it.",
        "record": ["a.b", 3],
        "field": "amount",
    }


def test_details_of_a_conflict_reach_the_client() -> None:
    failure = failure_of(ConflictError("Changed.", theirs=1, yours=2))
    assert failure.status == 409
    assert failure.body["details"] == {"theirs": 1, "yours": 2}


def test_an_unknown_field_is_the_callers_fault_and_suggests() -> None:
    failure = failure_of(UnknownFieldError("a.b", "pionts", ["points"]))
    assert failure.status == 400
    assert 'Did you mean "points"?' in failure.body["text"]


@pytest.mark.parametrize(
    "error",
    [
        DeveloperError("SELECT secret FROM /srv/addons/x.py"),
        TransactionDeadError('syntax error near "SELECT secret"'),
        AddonError("SELECT secret /srv"),
        psycopg.errors.SyntaxError("SELECT secret"),
        KeyError("secret"),
        ZeroDivisionError("secret"),
    ],
)
def test_our_own_faults_show_nothing_of_the_inside(error: Exception) -> None:
    failure = failure_of(error)
    assert failure.ours
    assert "secret" not in str(failure.body)
    assert failure.body["code"] == "internal"
    assert failure.body["hint"]


def test_an_unreachable_database_is_503_without_its_address() -> None:
    error = BusyError("The database cannot be reached: socket /var/run/secret")
    error.__cause__ = psycopg.OperationalError("x")
    for failure in (failure_of(error), failure_of(psycopg.OperationalError("host secret"))):
        assert failure.status == 503
        assert "secret" not in str(failure.body)
        assert failure.headers["Retry-After"]


def test_a_statement_that_took_too_long_says_what_to_do() -> None:
    failure = failure_of(psycopg.errors.QueryCanceled("canceling statement: SELECT secret"))
    assert (failure.status, failure.body["code"]) == (503, "timeout")
    assert "secret" not in str(failure.body)
    assert failure.body["hint"] == "Ask for less at once."


def test_another_edition_says_when_to_come_back() -> None:
    failure = failure_of(EditionError("This worker runs another edition.", revisions={}))
    assert failure.status == 503
    assert failure.body["code"] == "edition"
    assert int(failure.headers["Retry-After"]) > 0


def test_too_many_requests_say_when_to_come_back() -> None:
    failure = failure_of(TooManyRequestsError("Too many.", retry_after=17))
    assert failure.status == 429
    assert failure.headers == {"Retry-After": "17"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound(), "not_found"),
        (MethodNotAllowed(["GET"]), "method"),
        (RequestEntityTooLarge(), "too_large"),
    ],
)
def test_errors_of_http_have_codes(error: Exception, code: str) -> None:
    assert failure_of(error).body["code"] == code


def test_the_page_for_people_escapes_what_it_shows() -> None:
    html = error_page(failure_of(ValidationError("<script>alert(1)</script>")), "req&1")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "req&amp;1" in html
