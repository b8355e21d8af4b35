"""The Windows packages: an NSIS installer and an MSI, both made on Linux."""
