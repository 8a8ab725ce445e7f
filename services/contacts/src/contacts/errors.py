"""What can go wrong with contacts."""

from shared.errors import Conflict, Invalid, NotFound


class ContactNotFound(NotFound):
    code = "contacts.not_found"
    title = "No such contact"


class LinkNotFound(NotFound):
    code = "contacts.link_not_found"
    title = "This person and this company are not linked"


class AlreadyLinked(Conflict):
    code = "contacts.already_linked"
    title = "This person already belongs to this company"


class WrongKind(Invalid):
    code = "contacts.wrong_kind"
    title = "A link joins a person and a company"


class KindHasLinks(Conflict):
    code = "contacts.kind_has_links"
    title = "The kind cannot change while people are linked"
