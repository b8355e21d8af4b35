"""The Debian packages, and their tests."""
