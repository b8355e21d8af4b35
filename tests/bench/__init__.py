"""What the program costs, in figures: `make bench`, or `python -m tests.bench --only NAME`."""
