"""HTTP shapes of webhooks."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from notifications.webhooks.targets import MOST_CHARACTERS
from shared.web.shapes import Shape, ShortText, View

Url = Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)]
EventType = Annotated[str, StringConstraints(min_length=1, max_length=100)]
EventTypes = Annotated[
    list[EventType],
    Field(
        max_length=50,
        description="wire names, or prefixes: `ficha.contacts.contact.updated.v1`, `ficha.documents.*`; "
        "`*`, or none at all, is every event that whoever asks may read",
    ),
]


class WebhookIn(Shape):
    url: Annotated[Url, Field(description="https, with a host name; never one of a private network")]
    types: EventTypes = []
    description: ShortText | None = None
    enabled: bool = True
    secret: Annotated[
        SecretStr | None,
        Field(max_length=200, description="`whsec_` and the base64 of 24 to 64 random bytes; absent: one is made"),
    ] = None


class WebhookPatch(Shape):
    """What is absent stays. Who changes `url` or `types` must be allowed to read all that will go there."""

    url: Url = ""
    types: EventTypes = []
    description: ShortText | None = None
    enabled: bool = True


class WebhookOut(View):
    """`disabled_reason`: a person's wish, 410 Gone, or days of nothing but failures.

    `failing_since`: the first failure after the last success. Until `previous_secret_until`, both secrets sign.
    """

    id: UUID
    version: int
    url: str
    types: list[str]
    description: str | None
    enabled: bool
    disabled_reason: Literal["by_person", "gone", "failing"] | None
    failing_since: datetime | None
    previous_secret_until: datetime | None
    created_by: str
    created_at: datetime
    updated_at: datetime


class NewWebhookOut(WebhookOut):
    """`secret` is shown in this answer and never again."""

    secret: str
