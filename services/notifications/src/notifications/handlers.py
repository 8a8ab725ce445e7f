"""The bus door of notifications: what it does when others say something."""

from sqlalchemy.ext.asyncio import AsyncSession

from notifications import service
from notifications.webhooks.deliveries import handlers as deliveries
from notifications.webhooks.makers import handlers as makers
from shared.bus.consumer import Subscription
from shared.events.documents import DocumentSendRequested
from shared.events.gateway import SecurityNoticeRaised
from shared.events.portal import ClientNoticeRaised, NewDeviceNoticed, PasswordResetRequested


async def on_document_send_requested(session: AsyncSession, event: DocumentSendRequested) -> None:
    await service.queue_document_mail(session, event.data)


async def on_password_reset_requested(session: AsyncSession, event: PasswordResetRequested) -> None:
    await service.queue_reset_mail(session, event.data)


async def on_security_notice_raised(
    session: AsyncSession, event: SecurityNoticeRaised | ClientNoticeRaised | NewDeviceNoticed
) -> None:
    await service.queue_notice_mail(session, event.data)


SUBSCRIPTIONS = (
    Subscription(DocumentSendRequested, on_document_send_requested),
    Subscription(PasswordResetRequested, on_password_reset_requested),
    Subscription(SecurityNoticeRaised, on_security_notice_raised),
    Subscription(ClientNoticeRaised, on_security_notice_raised),
    Subscription(NewDeviceNoticed, on_security_notice_raised),
    *makers.SUBSCRIPTIONS,
    *deliveries.SUBSCRIPTIONS,
)
