"""The client for Fedora, RHEL, SUSE and their kin. Built here, but never installed on one of them."""
