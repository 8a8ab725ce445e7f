"""What was collected and paid, and credit notes set off against invoices."""
