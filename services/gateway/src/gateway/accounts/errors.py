"""What can go wrong with accounts."""

from shared.errors import Conflict, FichaError, Forbidden, NotFound, Unauthenticated


class LoginFailed(Unauthenticated):
    """One answer for an unknown user, a wrong password and a user who is not active."""

    code = "gateway.login_failed"
    title = "The e-mail or the password is wrong"


class NotLoggedIn(Unauthenticated):
    code = "gateway.not_logged_in"
    title = "Log in, or send an API key"


class PeopleOnly(Forbidden):
    code = "gateway.people_only"
    title = "This is for people who logged in, not for API keys"


class TooManyAttempts(FichaError):
    status = 429
    code = "gateway.too_many_attempts"
    title = "Too many attempts; wait a little"


class WrongPassword(Forbidden):
    code = "gateway.wrong_password"
    title = "The present password is wrong"


class ConfirmPassword(Forbidden):
    code = "gateway.confirm_password"
    title = "Give your password once more, then ask again"


class EmailTaken(Conflict):
    code = "gateway.email_taken"
    title = "A user with this e-mail exists already"


class UserNotFound(NotFound):
    code = "gateway.user_not_found"
    title = "No such user"


class LastAdministrator(Conflict):
    code = "gateway.last_administrator"
    title = "An organisation keeps at least one active administrator"


class LogoNotFound(NotFound):
    code = "gateway.logo_not_found"
    title = "There is no such logo"


class NotAPicture(FichaError):
    status = 422
    code = "gateway.not_a_picture"
    title = "The logo must be a PNG, JPEG or WebP picture"


class PictureTooLarge(FichaError):
    status = 422
    code = "gateway.picture_too_large"
    title = "The picture has too many pixels"


class KeyNotFound(NotFound):
    code = "gateway.api_key_not_found"
    title = "No such API key"


class ScopeNotHeld(Forbidden):
    code = "gateway.scope_not_held"
    title = "A key can do no more than who makes it"
