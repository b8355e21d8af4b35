"""Both databases, credentials and profiles on disk; peewee and keyring stay in here."""
