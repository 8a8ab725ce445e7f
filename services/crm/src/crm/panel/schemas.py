"""HTTP shapes of the panel's sections."""

from crm.activities.schemas import ActivityOut
from crm.notes.schemas import NoteOut
from crm.opportunities.schemas import OpportunityOut
from shared.web.shapes import Money, View, amounts


class ActivitiesSection(View):
    """The next ten that are open. `count`: all that are."""

    items: list[ActivityOut]
    count: int


class OpportunitiesSection(View):
    """The ten open ones that should close first. `count`: all open ones; `value_total`: theirs in `currency`."""

    items: list[OpportunityOut]
    count: int
    value_total: Money
    currency: str

    _amounts = amounts("value_total")


class NotesSection(View):
    """Pinned ones, at most 20, then the latest ten. `count`: of all."""

    items: list[NoteOut]
    count: int


class CrmPanelPart(View):
    activities: ActivitiesSection
    opportunities: OpportunitiesSection
    notes: NotesSection
