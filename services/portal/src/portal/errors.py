"""What can go wrong in the portal."""

from shared.errors import Conflict, FichaError, Forbidden, NotFound, Unauthenticated


class ContactNotFound(NotFound):
    code = "portal.contact_not_found"
    title = "No such contact"


class CompanyNotFound(NotFound):
    code = "portal.company_not_found"
    title = "No company has this name here"


class LoginFailed(Unauthenticated):
    """One answer for an unknown e-mail, a wrong password, a closed portal and a deleted contact."""

    code = "portal.login_failed"
    title = "The e-mail or the password is wrong"


class NotChosen(Conflict):
    """The e-mail and the password open several portals."""

    code = "portal.not_chosen"
    title = "Choose first which portal to open"


class ChoiceNotOffered(NotFound):
    code = "portal.choice_not_offered"
    title = "The e-mail and the password do not open this portal"


class NotLoggedIn(Unauthenticated):
    code = "portal.not_logged_in"
    title = "Log in to the portal first"


class TooManyAttempts(FichaError):
    status = 429
    code = "portal.too_many_attempts"
    title = "Too many attempts; wait a little"


class WrongPassword(Forbidden):
    code = "portal.wrong_password"
    title = "The present password is wrong"


class ReadOnly(Forbidden):
    code = "portal.read_only"
    title = "This is a preview: nothing can be changed in it"


class PreviewOver(Unauthenticated):
    code = "portal.preview_over"
    title = "The preview is over"


class AlreadyInside(Conflict):
    """`contact`: whose."""

    code = "portal.already_inside"
    title = "A portal is open in this browser"


class PreviewNotFound(NotFound):
    code = "portal.preview_not_found"
    title = "This preview was opened before, or its time is over; ask for a new one"


class ResetNotFound(NotFound):
    code = "portal.reset_not_found"
    title = "This link was used before, or its time is over; ask for a new one"


class DocumentNotFound(NotFound):
    code = "portal.document_not_found"
    title = "No such document"


class NotAnEstimate(Conflict):
    code = "portal.not_an_estimate"
    title = "Only estimates are accepted or rejected"


class AlreadyAnswered(Conflict):
    code = "portal.already_answered"
    title = "This estimate has its answer already"


class EstimateVoided(Conflict):
    code = "portal.estimate_voided"
    title = "This estimate is no longer valid"


class CatalogueClosed(Forbidden):
    code = "portal.catalogue_closed"
    title = "The catalogue is not open to you"


class NothingToPay(Conflict):
    code = "portal.nothing_to_pay"
    title = "Nothing is pending on this document"


class MethodNotOffered(Conflict):
    code = "portal.payment_method_not_offered"
    title = "This way of paying is not offered to you"


class TransferUnavailable(Conflict):
    code = "portal.transfer_unavailable"
    title = "The company has not given its bank account yet"
