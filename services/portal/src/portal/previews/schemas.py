"""HTTP shapes of previews."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from shared.web.shapes import Shape, View


class PreviewOut(View):
    """`url` opens it once; link and view end at `expires_at`."""

    url: str
    expires_at: datetime


class OpeningIn(Shape):
    """`beside`: also where a portal is open in this browser already."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    beside: bool = False


class PreviewedOut(View):
    expires_at: datetime
