"""What mails say of a document."""

from decimal import Decimal

import pytest

from notifications.rendering import render_document_mail
from tests.notifications.factories import a_send


@pytest.mark.parametrize(
    ("currency", "total", "figures"),
    [("EUR", "1234.50", "1234,50"), ("JPY", "1234", "1234"), ("KWD", "1.235", "1,235"), ("IQD", "1.235", "1,235")],
)
def test_a_total_is_written_with_the_decimals_of_its_currency(currency: str, total: str, figures: str) -> None:
    mail = render_document_mail(a_send(total=Decimal(total), currency=currency))
    [line] = [line for line in mail.text.splitlines() if "Total" in line or "Importe" in line]
    assert line.replace(".", "").replace("\u00a0", " ").split()[-2].endswith(figures)
