"""What can go wrong in crm."""

from shared.errors import Conflict, NotFound


class ContactNotFound(NotFound):
    """Unknown to contacts, or deleted there."""

    code = "crm.contact_not_found"
    title = "No such contact"


class PipelineNotFound(NotFound):
    code = "crm.pipeline_not_found"
    title = "No such pipeline"


class OpportunityNotFound(NotFound):
    code = "crm.opportunity_not_found"
    title = "No such opportunity"


class ActivityNotFound(NotFound):
    code = "crm.activity_not_found"
    title = "No such activity"


class NoteNotFound(NotFound):
    code = "crm.note_not_found"
    title = "No such note"


class OpportunityClosed(Conflict):
    code = "crm.opportunity_closed"
    title = "This opportunity is closed: reopen it first"


class StageInUse(Conflict):
    code = "crm.stage_in_use"
    title = "A stage cannot be removed while opportunities are in it"
