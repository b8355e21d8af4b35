"""Upgrades lose nothing: profiles as older programs left them, opened by this one."""
