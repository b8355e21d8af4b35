"""Sets up `.venv` for `make run` and `make test`: Debian packages, locked dependencies, the project itself.

Needs nothing but Python: `python3 packaging/set_up.py run|dev`. A second time it only compares fingerprints.
`set_up.py package` does the same for the makers of installers, in `.venv-package`.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / (".venv-package" if sys.argv[1:] == ["package"] else ".venv")
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "set-up.stamp"

# Libraries that Qt's Linux wheels load and do not bring along, and the Debian package of each
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}

# What makes and tries the installers, and the Debian package of each
PACKAGERS = {
    "appstreamcli": "appstream",
    "buildah": "buildah",
    "debootstrap": "debootstrap",
    "desktop-file-validate": "desktop-file-utils",
    "dpkg-shlibdeps": "dpkg-dev",
    "gcc": "gcc",
    "lintian": "lintian",
    "makensis": "nsis",
    "mksquashfs": "squashfs-tools",
    "osslsigncode": "osslsigncode",
    "rpm": "rpm",
    "systemd-nspawn": "systemd-container",
    "wine": "wine wine64",
    "wixl": "wixl",
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64",
    "xdotool": "xdotool",
    "xvfb-run": "xvfb xauth",
}

# What the first part of the AppImage is compiled with, and the Debian package of each
HEADERS = {
    "fuse3/fuse_lowlevel.h": "libfuse3-dev",
    "lz4.h": "liblz4-dev",
    "lzma.h": "liblzma-dev",
    "squashfuse/ll.h": "libsquashfuse-dev",
    "zlib.h": "zlib1g-dev",
    "zstd.h": "libzstd-dev",
}

# Debian starts a database server as soon as postgresql is installed; the tests want the programs only
NO_CLUSTER = (
    "mkdir -p /etc/postgresql-common"
    " && echo create_main_cluster=false >> /etc/postgresql-common/createcluster.conf"
)
INSTALL = "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends"


def main(purpose: str) -> None:
    """Bring machine and environment to what `purpose` needs: to run, to test (`dev`) or to package."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this script meets any Python, the project only new ones
        found = f"{sys.executable} is {sys.version.split()[0]}"
        sys.exit(f"This needs Python 3.11 or newer; {found}. With another one: make run PYTHON=python3.12")
    if sys.platform == "linux":
        install_packages(missing_packages(purpose))
    done = finger_print(purpose)
    if done in (STAMP.read_text().split() if STAMP.exists() else []):
        return
    create_venv()
    install_dependencies(purpose)
    # the larger set contains the smaller one, at the same versions
    stamps = {finger_print(one) for one in ("run", purpose)}
    STAMP.write_text("\n".join(sorted(stamps)))


def missing_packages(purpose: str) -> list[str]:
    """The Debian packages whose content is not on this machine, however it got there."""
    missing = [package for library, package in QT_LIBRARIES.items() if not can_load(library)]
    fonts = Path("/usr/share/fonts")
    if not any(fonts.rglob("*.[to]tf")):
        missing.append("fonts-dejavu-core")
    if not STAMP.exists() and not can_import("ensurepip"):
        missing.append("python3-venv")
    if purpose == "dev":
        programs = Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if not any(programs) and not shutil.which("initdb"):
            missing.append("postgresql")
        if not shutil.which("strace"):  # tells what is on the disk when the power goes
            missing.append("strace")
    if purpose == "package":
        missing += [package for program, package in PACKAGERS.items() if not shutil.which(program)]
        include = Path("/usr/include")
        missing += [package for header, package in HEADERS.items() if not (include / header).exists()]
    return missing


def can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def can_import(module: str) -> bool:
    command = [sys.executable, "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def install_packages(packages: list[str]) -> None:
    """Install them when this user may; otherwise print the one line that does it, and stop."""
    if not packages:
        return
    script = f"{INSTALL} {' '.join(packages)}"
    if "postgresql" in packages:
        script = f"{NO_CLUSTER} && {script}"
    if not shutil.which("apt-get"):
        say("Not found here; named as on Debian: " + " ".join(packages))
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not may_use_sudo():
        say("Some Debian packages are missing. Please run this line, then try again:")
        sys.exit(f"sudo sh -c {shlex.quote(script)}")
    say("Installing Debian packages: " + " ".join(packages))
    if subprocess.run([*as_root, "sh", "-c", f"({script}) > /dev/null"], check=False).returncode:
        say("That did not work. Please run this line, then try again:")
        sys.exit(f"sudo sh -c {shlex.quote(script)}")


def may_use_sudo() -> bool:
    if not shutil.which("sudo"):
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


def finger_print(purpose: str) -> str:
    """Changes when the set-up has to run again: other locks, another Python, another place."""
    content = [purpose, sys.version, str(ROOT)]
    content += [(ROOT / name).read_text() for name in ("pyproject.toml", f"requirements/{purpose}.txt")]
    return hashlib.sha256("\0".join(content).encode()).hexdigest()


def create_venv() -> None:
    """A new `.venv`, unless this place already has one of this very Python."""
    marker = VENV / "made-by.txt"
    maker = f"{sys.version}\n{ROOT}"
    if not marker.exists() or marker.read_text() != maker:
        say(f"Creating {VENV.name}")
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        marker.write_text(maker)


def install_dependencies(purpose: str) -> None:
    """Exactly what the lock names, then the project itself, editable."""
    say(f"Installing what the program needs into {VENV.name}; the first time takes a few minutes")
    pip = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    lock = str(ROOT / "requirements" / f"{purpose}.txt")
    # The lock is complete. Left to look for dependencies, pip may prefer one that came out since then
    run([*pip, "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", lock])
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])


def run(command: list[str]) -> None:
    code = subprocess.run(command, check=False).returncode
    if code:
        sys.exit(f"This failed with exit code {code}: {shlex.join(command)}")


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["dev"], ["package"]):
        sys.exit("usage: set_up.py run|dev|package")
    main(sys.argv[1])
