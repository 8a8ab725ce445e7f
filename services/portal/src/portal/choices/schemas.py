"""HTTP shapes of choosing a portal."""

from uuid import UUID

from portal.replicas.schemas import ContactOut, OrganizationOut
from shared.web.shapes import Shape, View


class ChoiceOut(View):
    contact: ContactOut
    organization: OrganizationOut | None


class ChoicesOut(View):
    """Several portals that the e-mail and the password open; `PUT /portal/api/session` chooses one."""

    choices: list[ChoiceOut]


class OfferOut(ChoicesOut):
    """`chosen`: the contact whose portal is open now."""

    chosen: UUID | None


class ChoiceIn(Shape):
    contact_id: UUID
