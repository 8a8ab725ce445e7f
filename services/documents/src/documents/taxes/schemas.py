"""HTTP shapes of taxes."""

from datetime import date

from shared.events.taxes import Kind
from shared.web.shapes import Rate, View


class TaxOut(View):
    """`rate` is per cent, below zero where it is held back."""

    code: str
    name: str
    kind: Kind
    rate: Rate
    valid_from: date
    valid_to: date | None
    surcharge: str | None
