"""The client's first page: who it is, whose portal it is, what is pending."""
