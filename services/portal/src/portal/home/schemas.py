"""HTTP shapes of the client's first page."""

from datetime import date
from uuid import UUID

from portal.replicas.schemas import ContactOut, OrganizationOut
from shared.web.shapes import Money, View, amounts


class OpenOut(View):
    currency: str
    pending: Money
    overdue: Money

    _amounts = amounts("pending", "overdue")


class NextDueOut(View):
    id: UUID
    number: str | None
    due_date: date
    pending_total: Money
    currency: str

    _amounts = amounts("pending_total")


class TotalsOut(OpenOut):
    """In the company's currency; what is open in others stands beside it."""

    next_due: NextDueOut | None
    other_currencies: list[OpenOut]


class MeOut(View):
    """`read_only`: a preview, opened by staff. `may_switch`: the login opens other portals too."""

    contact: ContactOut
    organization: OrganizationOut | None
    payment_methods: list[str]
    catalogue: bool
    read_only: bool
    may_switch: bool
    totals: TotalsOut
