"""The client's Debian package, in clean roots of each suite: installed, used, upgraded, removed.

`make installer-deb-test` builds what is tested here. Needs root, for the roots.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from contents.build import APP_ID, NAME, ROOT, program_version
from linux.trial import PASSWORD, has, running_hub, smoke_test

from debian.root import HOME, TrialRoot, wait_until
from debian.screen import Screen
from tests.hub_process import HubProcess

SUITES: Final = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ("bookworm", "trixie")]
"""Each in a process of its own, where there are several."""

OLD: Final = "0.0.9"
NEW: Final = program_version()
TESTED: Final = ROOT / "build" / "tested"
PICTURES: Final = TESTED / "pictures"
MAIN_WINDOW: Final = "Ada Ito"
HOME_OF_IT: Final = f"/usr/lib/{NAME}"
KEYRING: Final = (
    'printf "%s" "a keyring" | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"'
)
WESTON: Final = """
export XDG_RUNTIME_DIR=$(mktemp -d) WAYLAND_DISPLAY=test
weston --backend=headless-backend.so --socket=test >/dev/null 2>&1 &
until [ -S "$XDG_RUNTIME_DIR/test" ]; do sleep 0.1; done
exec "$@"
"""
"""Starts a Wayland server without a screen, and the program in it."""

pytestmark = pytest.mark.timeout(300)


def package(version: str) -> str:
    """The file that `make installer-deb-test` built."""
    (file,) = TESTED.glob(f"{NAME}_{version}_*.deb")
    return str(file)


@pytest.fixture(scope="module", params=SUITES)
def installed(request: pytest.FixtureRequest) -> Iterator[TrialRoot]:
    """A suite with nothing but the package and its Depends; the tests stand on it, each alone."""
    root = TrialRoot(request.param)
    root.install(package(NEW))
    root.unmount()
    yield root
    root.close()


@pytest.fixture
def root(installed: TrialRoot) -> Iterator[TrialRoot]:
    with TrialRoot(installed.suite, installed.layers) as own:
        yield own


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def hub(seeded: HubProcess) -> Iterator[HubProcess]:
    """The hub, which a test may stop: it runs again afterwards."""
    yield seeded
    seeded.stop()
    seeded.start_again()


@pytest.fixture
def screen(root: TrialRoot) -> Iterator[Screen]:
    with Screen() as shown:
        root.reach(shown.socket)
        yield shown
        root.unmount()


def cli(root: TrialRoot, *words: str) -> int:
    """`maintenance-cli` on the person's profile; its exit code."""
    return root.status(
        "maintenance-cli", "--profile", f"{HOME}/Profil für Zoë", *words, MAINTENANCE_PASSWORD=PASSWORD
    )


def fingerprint(folder: Path) -> dict[str, str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_without_a_screen_it_signs_in_and_saves_on_the_server(root: TrialRoot, hub: HubProcess) -> None:
    program = ("maintenance-desktop", "--data", f"{HOME}/Daten")
    smoke_test(root, hub, f"Offscreen in {root.suite}", *program, QT_QPA_PLATFORM="offscreen")
    assert (root.home / "Daten").is_dir()


def test_on_a_screen_it_signs_in_and_saves_on_the_server(
    root: TrialRoot, hub: HubProcess, screen: Screen
) -> None:
    title = f"Xvfb in {root.suite}"
    report = smoke_test(root, hub, title, "maintenance-desktop", DISPLAY=screen.display)
    assert report["screen"] == "xcb"
    assert report["version"] == NEW
    assert report["program"].startswith(f"{HOME_OF_IT}/versions/{NEW}.")
    assert (root.home / ".local/share/maintenance-desktop").is_dir()


def test_on_wayland_it_needs_no_x_server(root: TrialRoot, hub: HubProcess) -> None:
    root.install("weston")
    program = ("sh", "-c", WESTON, "sh", "maintenance-desktop")
    report = smoke_test(root, hub, f"Wayland in {root.suite}", *program)
    assert report["screen"] == "wayland"


def test_a_person_works_in_its_window(root: TrialRoot, hub: HubProcess, screen: Screen) -> None:
    program = sign_in(root, hub, screen)
    screen.press("ctrl+2")
    PICTURES.mkdir(parents=True, exist_ok=True)
    screen.save(PICTURES / f"{root.suite}.png")
    screen.press("ctrl+q")
    wait_until(lambda: program.poll() is not None, "the program ends")
    assert program.returncode == 0


def test_the_keyring_keeps_the_sign_in(root: TrialRoot, hub: HubProcess) -> None:
    root.install("dbus", "gnome-keyring")
    program = ("dbus-run-session", "--", "sh", "-c", KEYRING, "sh", "maintenance-desktop")
    first, second = f"First with a keyring in {root.suite}", f"Second with a keyring in {root.suite}"
    smoke_test(root, hub, first, *program, QT_QPA_PLATFORM="offscreen")
    # no password, no way in: unless the keyring has the sign-in
    smoke_test(root, hub, second, *program, password="forgotten", QT_QPA_PLATFORM="offscreen")


def test_an_upgrade_keeps_what_waits(root: TrialRoot, hub: HubProcess) -> None:
    title = f"Made offline before the upgrade in {root.suite}"
    root.install(package(OLD))
    assert root.version_of(NAME) == OLD
    assert cli(root, "sign-in", hub.url, "ada") == 0
    assert cli(root, "sync") == 0
    hub.stop()
    assert cli(root, "create", "--title", title) == 4
    root.install(package(NEW))
    assert root.version_of(NAME) == NEW
    assert root.run("maintenance-cli", "--version").split() == ["maintenance-cli", NEW]
    assert cli(root, "queue") == 0
    hub.start_again()
    assert cli(root, "sync") == 0
    assert has(hub, title)


def test_a_running_program_goes_on_through_an_upgrade(
    root: TrialRoot, hub: HubProcess, screen: Screen
) -> None:
    title = f"Typed before the upgrade in {root.suite}"
    root.install(package(OLD))
    program = sign_in(root, hub, screen)
    screen.press("ctrl+n")
    screen.write(title)
    root.install(package(NEW))
    screen.press("ctrl+s")
    wait_until(lambda: has(hub, title), "what was typed is on the server")
    screen.press("ctrl+2", "F1")  # parts that were not loaded before
    screen.focus("Keyboard shortcuts")
    screen.press("Escape")
    screen.focus(MAIN_WINDOW)
    screen.press("ctrl+q")
    wait_until(lambda: program.poll() is not None, "the program ends")
    assert program.returncode == 0
    logs = (root.home / ".local/share/maintenance-desktop/logs").glob("*.log")
    assert not [log for log in logs if "Traceback" in log.read_text()]
    # its files stayed as long as it ran, and go with the next change
    assert len(versions(root)) == 2
    root.run("dpkg-reconfigure", NAME, as_root=True)
    assert [name.rpartition(".")[0] for name in versions(root)] == [NEW]


@pytest.mark.parametrize("way", ["remove", "purge"])
def test_removing_leaves_only_what_the_person_made(root: TrialRoot, hub: HubProcess, way: str) -> None:
    assert cli(root, "sign-in", hub.url, "ada") == 0
    hub.stop()
    assert cli(root, "create", "--title", "Waits for the package to come back") == 4
    before = fingerprint(root.home)
    root.run("apt-get", "-qq", "--yes", way, NAME, as_root=True)
    assert root.version_of(NAME) == ""
    assert fingerprint(root.home) == before
    places = ["/usr", "/etc", "/opt", "/var", "/root", "/srv"]
    left = root.run("find", *places, "-xdev", "-ipath", "*maintenance*desktop*", as_root=True)
    assert left == ""
    assert root.run("dpkg", "--audit", as_root=True) == ""


def test_the_desktop_finds_entry_icons_and_pages(root: TrialRoot) -> None:
    files = set(root.run("dpkg", "-L", NAME, as_root=True).splitlines())
    share = Path("/usr/share")
    assert str(share / "applications" / f"{APP_ID}.desktop") in files
    assert str(share / "metainfo" / f"{APP_ID}.metainfo.xml") in files
    for size in ("16x16", "48x48", "256x256"):
        assert str(share / "icons/hicolor" / size / "apps" / f"{APP_ID}.png") in files
    for page in ("maintenance-desktop.1.gz", "maintenance-cli.1.gz"):
        # minimal systems leave pages out, people's do not
        assert str(share / "man/man1" / page) in files
    assert root.run("dpkg", "--verify", NAME, as_root=True) == ""


def test_lintian_has_nothing_to_say() -> None:
    done = subprocess.run(
        ["lintian", "--fail-on", "error,warning", "--tag-display-limit", "0", "--allow-root", package(NEW)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_no_file_names_the_machine_that_built_it(installed: TrialRoot) -> None:
    place = installed.layers[0] / HOME_OF_IT.lstrip("/")
    build_places = [str(ROOT).encode(), str(Path.home() / ".").encode() + b"/.", b"/.venv"]
    for file in place.rglob("*"):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            named = [where for where in build_places if where in content]
            assert not named, f"{file.relative_to(place)} contains {named}"


def sign_in(root: TrialRoot, hub: HubProcess, screen: Screen) -> subprocess.Popen[str]:
    """Start the program and sign in by keyboard, as far as the main window."""
    program = root.start("maintenance-desktop", DISPLAY=screen.display)
    screen.focus("Sign in")
    screen.write(hub.url)
    screen.press("Tab")
    screen.write("ada")
    screen.press("Tab")
    screen.write(PASSWORD)
    screen.press("Return")
    screen.focus(MAIN_WINDOW)
    return program


def versions(root: TrialRoot) -> list[str]:
    return sorted(one.name for one in (root.path / HOME_OF_IT.lstrip("/") / "versions").iterdir())
