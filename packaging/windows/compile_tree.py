"""Compiles all modules below the folders given. Runs in the Python that the package carries, under Wine.

The byte code names the modules as they are below the folder, not where they lie on the machine that builds,
and carries no time: it holds for good, wherever and whenever it is unpacked.
"""

import py_compile
import sys
from pathlib import Path

for folder in map(Path, sys.argv[1:]):
    for module in sorted(folder.rglob("*.py")):
        py_compile.compile(
            str(module),
            dfile=module.relative_to(folder).as_posix(),
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
