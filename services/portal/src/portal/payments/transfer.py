"""Bank transfer: account and reference to copy, and the same as an EPC QR code (EPC069-12) to scan."""

import asyncio
from io import BytesIO

from segno import helpers

from portal.errors import TransferUnavailable
from portal.payments.port import Instructions, Payable

_LONGEST_NAME = 70
_LONGEST_REFERENCE = 140
_BIC_LENGTHS = (8, 11)
_SCANNABLE = "EUR"


class BankTransfer:
    async def begin(self, payable: Payable) -> Instructions:
        """Raises TransferUnavailable while the company has given no account."""
        if not payable.iban:
            raise TransferUnavailable()
        iban = payable.iban.replace(" ", "")
        qr_svg = None
        if payable.currency == _SCANNABLE:
            # Milliseconds of pure computation: too long for the loop.
            qr_svg = await asyncio.to_thread(_draw, payable, iban)
        return Instructions(
            reference=payable.reference,
            amount=payable.amount,
            currency=payable.currency,
            holder=payable.holder,
            iban=iban,
            bic=payable.bic,
            qr_svg=qr_svg,
        )


def _draw(payable: Payable, iban: str) -> str:
    code = helpers.make_epc_qr(
        name=payable.holder[:_LONGEST_NAME],
        iban=iban,
        amount=payable.amount,
        text=payable.reference[:_LONGEST_REFERENCE],
        bic=payable.bic if payable.bic and len(payable.bic) in _BIC_LENGTHS else None,
    )
    drawing = BytesIO()
    # White behind it: phones do not read a code on a dark page.
    code.save(drawing, kind="svg", xmldecl=False, scale=4, border=4, light="white", nl=False)
    return drawing.getvalue().decode()
