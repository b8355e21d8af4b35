"""The server's Debian package, its container file, and their tests."""
