"""`tenon user`: let people in."""

from __future__ import annotations

import click

from cli.groups import Group
from cli.logins import Secret, ask_password, change_login, make_login
from cli.output import json_option, print_json, print_pairs, say
from cli.session import Session

generate_option = click.option("--generate", is_flag=True, help="Make a password and print it.")
stdin_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group(cls=Group)
def user() -> None:
    """Create users and set their passwords."""


@user.command()
@click.argument("tenant")
@click.argument("login")
@click.option("--name", default="", help="The person's name.")
@click.option("--group", "groups", multiple=True, help="A group, such as crm.user; may be given often.")
@click.option("--admin", is_flag=True, help="An administrator of everything.")
@generate_option
@stdin_option
@json_option
@click.pass_obj
def create(
    session: Session,
    tenant: str,
    login: str,
    name: str,
    groups: tuple[str, ...],
    admin: bool,
    generate: bool,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Create a user of TENANT who logs in as LOGIN."""
    with session.runtime() as runtime:
        found = runtime.tenant(tenant)
        secret = ask_password(generate=generate, from_stdin=password_stdin)
        make_login(found, login, name=name, password=secret.text, groups=groups, administrator=admin)
    _print(login, secret, f'The user "{login}" can log in.', as_json)


@user.command()
@click.argument("tenant")
@click.argument("login")
@generate_option
@stdin_option
@json_option
@click.pass_obj
def password(session: Session, tenant: str, login: str, generate: bool, password_stdin: bool, as_json: bool) -> None:
    """Give the user LOGIN of TENANT another password; their sessions end."""
    with session.runtime() as runtime:
        found = runtime.tenant(tenant)
        secret = ask_password(generate=generate, from_stdin=password_stdin)
        change_login(found, login, secret.text)
    _print(login, secret, f'The user "{login}" has a new password.', as_json)


def _print(login: str, secret: Secret, text: str, as_json: bool) -> None:
    """The password is shown only where it was made here."""
    shown = {"password": secret.text} if secret.made else {}
    if as_json:
        print_json({"login": login, **shown})
        return
    say(text, "bold")
    print_pairs({"Login": login, "Password": shown.get("password", "")})
