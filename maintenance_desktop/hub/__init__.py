"""Our own server: the contract of the sync protocol over SQLite or PostgreSQL."""
