"""`python -m tests.soak`: see `soaking.py`. Nothing else may be here: other processes import that module."""

import sys

from tests.soak.soaking import main

if __name__ == "__main__":
    sys.exit(main())
