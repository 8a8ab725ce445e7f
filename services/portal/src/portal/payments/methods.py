"""The ways of paying there are. A card gateway will be one row more."""

from portal.payments.port import PaymentMethod
from portal.payments.transfer import BankTransfer

METHODS: dict[str, PaymentMethod] = {"transfer": BankTransfer()}
