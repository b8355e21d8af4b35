"""What the installers of all systems have in common."""
