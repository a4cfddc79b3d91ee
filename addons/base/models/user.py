"""People who can log in: their groups, companies, language, time zone and password."""

from __future__ import annotations

from addons.base.models.company import Company, check_tz
from addons.base.models.group import Group
from addons.base.models.language import Language
from kernel.errors import AccessError, ValidationError
from kernel.http.passwords import hash_password, verify_password
from kernel.http.sessions import close_sessions
from kernel.orm import Check, Model, Unique, exposed, fields, validates


class User(Model, name="base.user", order="name, id", title="name"):
    """A person who can log in. Archiving one ends their access and keeps what they did."""

    name = fields.Char("Name", required=True, index="trigram")
    login = fields.Char("Login", required=True, copy=False, help="Usually the e-mail address.")
    email = fields.Char("E-mail", pii=True)
    language = fields.Many2one(Language, "Language", ondelete="restrict", help="Empty: the company's.")
    tz = fields.Char("Time zone", help="Empty: the company's.")
    company = fields.Many2one(Company, "Company", required=True, ondelete="restrict")
    companies = fields.Many2many(Company, "May work for")
    groups = fields.Many2many(Group, "Groups")
    password = fields.Char("New password", copy=False, help="At least 8 characters.")
    password_hash = fields.Char("Password hash", hashed=True, readonly=True, copy=False)
    archived = fields.Boolean("Archived")

    _login_once = Unique("login", message="There is a user with this login already.")
    _login_small = Check("login = lower(trim(login))", message="A login is written in small letters.")

    @password.compute()
    def _compute_password(self) -> None:
        """Nobody reads a password: the field only takes one."""
        for user in self:
            user.password = ""

    @password.inverse
    def _inverse_password(self) -> None:
        for user in self:
            if user.password:
                user._set_password(user.password)
                user.password = ""

    @company.default
    def _default_company(self) -> int | None:
        everywhere = self.env.as_system("a new user works for the company of who adds them, or the first")
        return self.env.company or everywhere[Company].search(order="id", limit=1).id

    @validates("tz")
    def _check_tz(self) -> None:
        for user in self:
            check_tz("base.user", user.id, user.tz)

    @exposed
    def change_password(self, current: str, new: str) -> None:
        """Change one's own password; the current one is asked again, and one logs in anew everywhere."""
        user = self._myself()
        stored = user.env.sql("SELECT password_hash FROM base.user WHERE id = %s", (user.id,))[0][0]
        if not verify_password(stored, current):
            raise ValidationError("The current password is not right.", record=("base.user", user.id), field="current")
        user._set_password(new)

    @exposed
    def save_preferences(self, name: str = "", language: int | None = None, tz: str | None = None) -> None:
        """Let a person change their own name, language and time zone."""
        changes: dict[str, object] = {}
        if name:
            changes["name"] = name
        if language is not None:
            changes["language"] = language
        if tz is not None:
            changes["tz"] = tz
        self._myself().write(**changes)

    def _myself(self) -> User:
        """The acting user's own record, with the right to write it."""
        id = self.env.user_id
        if id is None or (self.ids and self.ids != (id,)):
            raise AccessError("You can only do this for yourself.")
        return self.env.as_system("a person manages their own account")[User].browse(id)

    def _set_password(self, password: str) -> None:
        """Keep the hash and end the sessions; the kernel refuses a password that is too short."""
        unlimited = self.env.as_system("who may set a password may not read its hash")
        unlimited[User].browse(self.id).password_hash = hash_password(password)
        close_sessions(self.env.tx, self.id)
