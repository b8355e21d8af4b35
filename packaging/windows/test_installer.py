"""setup.exe and the .msi, installed, used and removed on machines that Wine plays.

Run by `make installer-windows-test`, which builds what is tried here.
"""

from __future__ import annotations

import os
from configparser import ConfigParser
from pathlib import Path

import pytest
from contents.build import CACHE, PUBLISHER, ROOT, TITLE, BuildTrouble, program_version

from tests.hub_process import HubProcess
from windows import signing
from windows.conftest import OLDER, Packages
from windows.launchers import CLI, DESKTOP
from windows.machine import APPS_ENTRY, KEY, Machine, content_of, titles_on, until
from windows.pe import icon_sizes, version_texts

STILL_RUNNING = 5
OLDER_THAN_INSTALLED = 7
SAVED_BUT_OFFLINE = 4

pytestmark = pytest.mark.timeout(300)


def kind_of(program: Path) -> str:
    marker = ConfigParser()
    marker.read(program / "installation.ini")
    return marker["installation"]["kind"]


def test_a_silent_installation_is_in_the_start_menu_and_among_the_apps(used_machine: Machine) -> None:
    assert {path.name for path in used_machine.program.iterdir()} == {
        DESKTOP.file, CLI.file, "installation.ini", "program", "uninstall.exe",
    }  # fmt: skip
    assert kind_of(used_machine.program) == "windows-user"
    assert used_machine.link.exists()
    assert not list((used_machine.home / "Desktop").glob("*.lnk"))
    entry = used_machine.values(f"HKCU\\{APPS_ENTRY}")
    assert entry["DisplayName"] == TITLE
    assert entry["DisplayVersion"] == program_version()
    assert entry["Publisher"] == PUBLISHER
    assert entry["DisplayIcon"].endswith(f"\\{DESKTOP.file},0")
    size = sum(size for size, _ in content_of(used_machine.program).values())
    assert int(entry["EstimatedSize"], 16) == pytest.approx(size / 1024, rel=0.02)


def test_windows_shows_what_each_program_is(used_machine: Machine, packages: Packages) -> None:
    names = [used_machine.program / name for name in (DESKTOP.file, CLI.file)]
    for path in (packages.setup, *names):
        about = version_texts(path)
        assert about["ProductName"] == TITLE
        assert about["CompanyName"] == PUBLISHER
        assert about["ProductVersion"] == about["FileVersion"] == program_version()
    for path in (packages.setup, used_machine.program / "uninstall.exe", *names):
        assert icon_sizes(path) >= {16, 32, 48, 256}


def test_all_signatures_hold_and_a_changed_byte_is_noticed(
    used_machine: Machine, packages: Packages, tmp_path: Path
) -> None:
    authorities = Path(os.environ[signing.AUTHORITIES])
    ours = [used_machine.program / name for name in (DESKTOP.file, CLI.file, "uninstall.exe")]
    for path in (packages.setup, packages.msi, *ours):
        signing.verify(path, authorities)
    changed = tmp_path / "setup.exe"
    content = bytearray(packages.setup.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    with pytest.raises(BuildTrouble):
        signing.verify(changed, authorities)


def test_nothing_in_it_names_the_machine_that_built_it(used_machine: Machine, packages: Packages) -> None:
    traces = [f"{place}/".encode() for place in (ROOT, CACHE)]
    traces += [trace.decode().encode("utf-16-le") for trace in traces]
    files = [path for path in used_machine.program.rglob("*") if path.is_file()]
    for path in (packages.setup, packages.msi, *files):
        content = path.read_bytes()
        assert not [trace for trace in traces if trace in content], path


def test_licences_and_the_bill_of_materials_come_along(used_machine: Machine) -> None:
    inner = used_machine.program / "program"
    said = (inner / "licences" / "README.txt").read_text()
    for name in ("CPython", "OpenSSL", "SQLite", "NSIS", "mingw-w64", "pyside6-essentials", "pywin32-ctypes"):
        assert f"\n{name} " in said
    assert "jeepney" not in said
    assert '"CycloneDX"' in (inner / "sbom.cdx.json").read_text()


@pytest.mark.parametrize("platform", ["offscreen", "windows"])
def test_the_program_signs_in_saves_and_sends(
    platform: str, used_machine: Machine, hub: HubProcess, tmp_path: Path
) -> None:
    before = content_of(used_machine.program)
    data = used_machine.drive / f"data of {platform}"
    title = f"Saved on {platform}"
    report = used_machine.smoke(hub, title, data, platform=platform)
    print(f"first paint after {report['first_paint_ms']} ms")
    assert report["screen"] == platform
    assert title in titles_on(hub, tmp_path)
    listed = used_machine.cli(data, "list", "work-orders", "--json")
    assert (listed.returncode, title in listed.stdout) == (0, True), listed
    assert content_of(used_machine.program) == before, "the program writes into its own folder"


def test_the_command_line_takes_input_and_answers_with_its_codes(
    used_machine: Machine, hub: HubProcess
) -> None:
    cli = used_machine.program / CLI.file
    profile = ("--profile", "C:\\Schlüssel\\ada")
    done = used_machine.run(cli, *profile, "sign-in", hub.url, "ada", "--password-stdin", stdin="wrong\n")
    assert done.returncode == 1
    assert done.stderr.startswith("maintenance-cli: ")
    done = used_machine.run(
        cli, *profile, "sign-in", hub.url, "ada", "--password-stdin", "--json", stdin="correct horse\n"
    )
    assert done.returncode == 0, done.stderr
    assert '"kept":true' in done.stdout.replace(" ", ""), "the credential store keeps the sign-in"
    assert used_machine.run(cli, *profile, "sync").returncode == 0
    assert used_machine.run(cli, *profile, "no-such-command").returncode == 2
    title = "Größe prüfen — 5 µm"
    assert used_machine.run(cli, *profile, "create", "--title", title).returncode == 0
    assert title in used_machine.run(cli, *profile, "list", "work-orders", "--json").stdout


def test_a_second_installation_waits_until_the_program_is_closed(
    used_machine: Machine, packages: Packages, hub: HubProcess
) -> None:
    data = used_machine.drive / "open"
    used_machine.smoke(hub, "Before the second installation", data)
    before = content_of(used_machine.program)
    with used_machine.running(data):
        assert used_machine.install(packages.setup) == STILL_RUNNING
        uninstaller = used_machine.program / "uninstall.exe"
        assert used_machine.install(uninstaller, used_machine.waiting()) == STILL_RUNNING
        assert content_of(used_machine.program) == before
        used_machine.picture(packages.pictures / "main-window.png")
    assert used_machine.install(packages.setup) == 0


def test_an_upgrade_keeps_what_waits_to_be_sent(
    machine: Machine, packages: Packages, hub: HubProcess, tmp_path: Path
) -> None:
    assert machine.install(packages.older_setup, "/DesktopIcon") == 0
    assert machine.run(machine.program / CLI.file, "--version").stdout.split()[-1] == OLDER
    data = machine.local / "maintenance-desktop"
    machine.smoke(hub, "Sent by the older version", data)
    hub.stop()
    done = machine.cli(data, "create", "--title", "Waiting over the upgrade")
    assert done.returncode == SAVED_BUT_OFFLINE, done

    assert machine.install(packages.setup) == 0
    assert machine.run(machine.program / CLI.file, "--version").stdout.split()[-1] == program_version()
    assert machine.values(f"HKCU\\{APPS_ENTRY}")["DisplayVersion"] == program_version()
    assert (machine.home / "Desktop" / f"{TITLE}.lnk").exists()
    assert "create work_order" in machine.cli(data, "queue").stdout
    hub.start_again()
    assert machine.cli(data, "sync").returncode == 0
    assert {"Sent by the older version", "Waiting over the upgrade"} <= titles_on(hub, tmp_path)

    machine.uninstall()
    assert list(data.rglob("work.db")), "uninstalling keeps the work"
    assert not machine.program.exists()
    assert not machine.link.exists()
    assert not list((machine.home / "Desktop").glob("*.lnk"))
    assert not machine.values(f"HKCU\\{APPS_ENTRY}")


def test_an_older_version_does_not_replace_a_newer_one_unasked(machine: Machine, packages: Packages) -> None:
    assert machine.install(packages.setup) == 0
    before = content_of(machine.program)
    assert machine.install(packages.older_setup) == OLDER_THAN_INSTALLED
    assert content_of(machine.program) == before
    assert machine.install(packages.older_setup, "/Downgrade") == 0
    assert machine.values(f"HKCU\\{APPS_ENTRY}")["DisplayVersion"] == OLDER


def test_one_installation_serves_all_users(machine: Machine, packages: Packages, hub: HubProcess) -> None:
    program = machine.drive / "Program Files" / TITLE
    link = machine.drive / "ProgramData/Microsoft/Windows/Start Menu/Programs" / f"{TITLE}.lnk"
    assert machine.install(packages.setup, "/AllUsers") == 0
    assert kind_of(program) == "windows-machine"
    assert machine.values(f"HKLM\\{APPS_ENTRY}")["DisplayVersion"] == program_version()
    assert link.exists()
    assert not machine.program.exists()
    machine.smoke(hub, "For all users", machine.drive / "data", program=program)
    assert machine.install(packages.setup) == 0
    assert kind_of(program) == "windows-machine", "without a word, the installation that is there is renewed"
    assert not list(machine.program.rglob("*"))
    machine.uninstall(program)
    assert not program.exists()
    assert not link.exists()
    assert not machine.values(f"HKLM\\{KEY}")


def test_folders_may_have_spaces_and_letters_beyond_ascii(
    machine: Machine, packages: Packages, hub: HubProcess, tmp_path: Path
) -> None:
    program = machine.drive / "Größe und Ort"
    assert machine.install(packages.setup, r"/D=C:\Größe und Ort") == 0
    data = machine.drive / "Dana’s Daten 工单"
    machine.smoke(hub, "Made in Größe und Ort", data, program=program)
    assert "Made in Größe und Ort" in titles_on(hub, tmp_path)
    assert machine.cli(data, "list", "work-orders", program=program).returncode == 0

    assert machine.install(packages.setup, r"/D=C:\Elsewhere") == 0
    assert not program.exists(), "the program moves, it does not multiply"
    machine.uninstall(machine.drive / "Elsewhere")


def test_a_foreign_folder_is_left_alone(machine: Machine, packages: Packages) -> None:
    foreign = machine.drive / "Tools" / "program" / "precious.txt"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("not ours")
    assert machine.install(packages.setup, r"/D=C:\Tools") != 0
    assert content_of(machine.drive / "Tools").keys() == {"program/precious.txt"}


def test_group_policy_installs_and_removes_the_msi(
    machine: Machine, packages: Packages, hub: HubProcess
) -> None:
    program = machine.drive / "Program Files" / TITLE
    assert machine.run("msiexec", "/i", packages.msi, "/qn").returncode == 0
    assert kind_of(program) == "windows-machine"
    machine.smoke(hub, "Installed by policy", machine.drive / "data", program=program)
    assert machine.run("msiexec", "/x", packages.msi, "/qn").returncode == 0
    until(lambda: not (program / DESKTOP.file).exists(), "the program is gone")
    assert not list(program.rglob("*.dll"))


def test_the_wizard_asks_little_and_asks_twice_before_it_deletes_work(
    machine: Machine, packages: Packages
) -> None:
    work = machine.local / "maintenance-desktop" / "profiles" / "dana" / "work.db"
    work.parent.mkdir(parents=True)
    work.write_text("not sent yet")
    shots = packages.pictures
    with machine.wine.start(packages.setup) as setup:
        until(lambda: machine.windows("Setup"), "the wizard is open")
        for number, page in enumerate(("welcome", "licence", "for-whom", "folder"), start=1):
            machine.picture(shots / f"setup-{number}-{page}.png")
            machine.press("Return")
        until(lambda: machine.values(f"HKCU\\{APPS_ENTRY}"), "the program is installed")
        machine.picture(shots / "setup-5-finished.png")
        machine.press("space", "Return")  # without starting it
        assert setup.wait(60) == 0
    assert machine.link.exists()

    machine.wine.start(machine.program / "uninstall.exe")
    until(lambda: machine.windows("Uninstall"), "the uninstaller is open")
    machine.press("alt+d")
    machine.picture(shots / "uninstall-1-work.png")
    machine.press("Return")
    until(lambda: len(machine.windows("Uninstall")) > 1, "the second question")
    machine.picture(shots / "uninstall-2-really.png")
    machine.press("Return")
    until(lambda: len(machine.windows("Uninstall")) == 1, "Enter says no")
    assert work.exists()
    assert machine.program.exists()
    machine.press("Return")
    until(lambda: len(machine.windows("Uninstall")) > 1, "the second question again")
    machine.press("alt+y")
    until(lambda: not machine.values(f"HKCU\\{APPS_ENTRY}"), "the program is removed")
    until(lambda: not work.exists(), "and so is the work")
    machine.picture(shots / "uninstall-3-finished.png")
    assert not machine.program.exists()
