"""What a client can do to pay."""

from uuid import UUID

from portal.access import service as access
from portal.client import ClientScope
from portal.documents import service as documents
from portal.errors import MethodNotOffered, NothingToPay, TransferUnavailable
from portal.payments import repository
from portal.payments.methods import METHODS
from portal.payments.port import Instructions, Payable
from portal.replicas import service as replicas


async def begin_payment(client: ClientScope, document_id: UUID, *, method: str) -> Instructions:
    """What is pending of the document, by a way that staff offer this client.

    Raises DocumentNotFound, MethodNotOffered, NothingToPay, and what the method raises.
    """
    document = await documents.get_document(client, document_id)
    payment_methods, _ = await access.offered(client)
    if method not in payment_methods:
        raise MethodNotOffered()
    if document.type == "credit_note" or not document.is_open:
        raise NothingToPay()
    _, organization = await replicas.get_parties(client)
    if organization is None:
        raise TransferUnavailable()
    payable = Payable(
        reference=document.number or str(document.id),
        amount=document.pending_total,
        currency=document.currency,
        holder=organization.name,
        iban=organization.iban,
        bic=organization.bic,
    )
    instructions = await METHODS[method].begin(payable)
    await repository.keep_attempt(client, document, method=method, reference=payable.reference)
    return instructions
