"""Plain frozen data and rules: no I/O, no Qt, no clock of its own."""
