"""Use cases: what the program does, told to its stores and back ends through ports."""
