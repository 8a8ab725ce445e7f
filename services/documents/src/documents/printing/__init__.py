"""Documents as PDFs: from a frozen description of what is printed to bytes. Knows no database and no HTTP."""

from documents.printing.model import PrintedDocument, PrintedLine, PrintedParty, PrintedTax

__all__ = ["PrintedDocument", "PrintedLine", "PrintedParty", "PrintedTax"]
