"""What can go wrong with documents."""

from shared.errors import Conflict, NotFound, Unavailable


class DocumentNotFound(NotFound):
    code = "documents.not_found"
    title = "No such document"


class ProductNotFound(NotFound):
    code = "documents.product_not_found"
    title = "No such product"


class PaymentNotFound(NotFound):
    code = "documents.payment_not_found"
    title = "No such payment"


class ContactNotFound(NotFound):
    code = "documents.contact_not_found"
    title = "No such contact"


class ContactDeleted(Conflict):
    code = "documents.contact_deleted"
    title = "The contact is deleted; restore it first"


class OrganizationUnknown(Conflict):
    code = "documents.organization_unknown"
    title = "The organisation's own data has not arrived yet; try again in a moment"


class NotADraft(Conflict):
    code = "documents.not_a_draft"
    title = "Only a draft can change; an approved document is frozen"


class NotApproved(Conflict):
    code = "documents.not_approved"
    title = "The document has to be approved first"


class Voided(Conflict):
    code = "documents.voided"
    title = "The document is voided"


class NoLines(Conflict):
    code = "documents.no_lines"
    title = "A document without lines cannot be approved"


class NegativeTotal(Conflict):
    code = "documents.negative_total"
    title = "The total is below zero; make a credit note instead"


class NothingCorrected(Conflict):
    code = "documents.corrects_required"
    title = "A credit note has to name the invoice that it corrects"


class OverCredited(Conflict):
    code = "documents.over_credited"
    title = "The credit notes would exceed the invoice that they correct"


class BeforeCorrected(Conflict):
    code = "documents.before_corrected"
    title = "A credit note cannot be older than what it corrects"


class NotPayable(Conflict):
    code = "documents.not_payable"
    title = "Nothing is paid on this type of document"


class OverPayment(Conflict):
    code = "documents.over_payment"
    title = "The payment exceeds what is pending"


class HasPayments(Conflict):
    code = "documents.has_payments"
    title = "Payments or credit notes are registered on the document; remove or void them first"


class NotAnEstimate(Conflict):
    code = "documents.not_an_estimate"
    title = "Only an approved estimate is accepted or rejected"


class CannotConvert(Conflict):
    code = "documents.cannot_convert"
    title = "This document does not become one of that type"


class SetOffPayment(Conflict):
    code = "documents.payment_is_credit"
    title = "This payment is a credit note; void the credit note instead"


class SeriesTaken(Conflict):
    code = "documents.series_taken"
    title = "Another series has this format"


class SeriesOverlap(Conflict):
    code = "documents.series_overlap"
    title = "Another series could come to write the same numbers"


class NumberTaken(Conflict):
    """Not to be got over by trying again."""

    code = "documents.number_taken"
    title = "The next numbers of the series are those of other documents; choose another series"


class PrintingBusy(Unavailable):
    code = "documents.printing_busy"
    title = "Too many PDFs are asked for at once; try again in a moment"


class PrintingFailed(Unavailable):
    code = "documents.printing_failed"
    title = "The PDF could not be made; try again"
