"""One module per kind of maintenance server; requests stays in here."""
