"""HTTP shapes of paying."""

from typing import Annotated

from pydantic import AfterValidator

from portal.payments.methods import METHODS
from shared.web.shapes import Money, SearchText, Shape, View, amounts


def _known_method(value: str) -> str:
    if value not in METHODS:
        raise ValueError(f"no such way of paying; there are {', '.join(sorted(METHODS))}")
    return value


Method = Annotated[SearchText, AfterValidator(_known_method)]


class PaymentIn(Shape):
    method: Method


class PaymentOut(View):
    """`qr_svg` is null where a banking app could not use it (another currency than EUR)."""

    reference: str
    iban: str
    bic: str | None
    holder: str
    amount: Money
    currency: str
    qr_svg: str | None

    _amounts = amounts("amount")
