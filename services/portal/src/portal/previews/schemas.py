"""HTTP shapes of previews."""

from datetime import datetime

from shared.web.shapes import View


class PreviewOut(View):
    """`url` opens it once; link and view end at `expires_at`."""

    url: str
    expires_at: datetime
