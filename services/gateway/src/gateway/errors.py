"""What can go wrong at the door, whoever is behind it."""

from shared.errors import FichaError, Forbidden, NotFound, Unavailable


class ForeignOrigin(Forbidden):
    code = "gateway.foreign_origin"
    title = "A browser may write only from our own pages"


class ForeignHost(FichaError):
    status = 421
    code = "gateway.foreign_host"
    title = "Ficha does not answer at this address"


class UnknownPath(NotFound):
    code = "gateway.unknown_path"
    title = "No such path"


class ContactNotFound(NotFound):
    code = "contacts.not_found"
    title = "No such contact"


class ServiceUnavailable(Unavailable):
    code = "gateway.service_unavailable"
    title = "A service is not available right now"


class ServiceTooSlow(FichaError):
    status = 504
    code = "gateway.service_too_slow"
    title = "A service did not answer in time"


class BodyTooLarge(FichaError):
    status = 413
    code = "gateway.body_too_large"
    title = "The request carries too much"


class LengthRequired(FichaError):
    status = 411
    code = "gateway.length_required"
    title = "The request must say how long its body is"
