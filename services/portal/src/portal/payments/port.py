"""The port behind which ways of paying live: what each is given, and what it answers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Payable:
    """What is to be paid, and to whom. `reference` tells the company which document it is for."""

    reference: str
    amount: Decimal
    currency: str
    holder: str
    iban: str | None
    bic: str | None


@dataclass(frozen=True, slots=True)
class Instructions:
    """How the client pays by transfer. `qr_svg` is what a banking app scans; only euros can be scanned."""

    reference: str
    amount: Decimal
    currency: str
    holder: str
    iban: str
    bic: str | None
    qr_svg: str | None


class PaymentMethod(Protocol):
    async def begin(self, payable: Payable) -> Instructions:
        """Raises the method's own error when it cannot be used now."""
        ...
