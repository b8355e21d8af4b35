"""`maintenance-desktop-VERSION.msi`: for Group Policy and Intune, for all users of a computer; by wixl."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from contents.build import APP_ID, PUBLISHER, TITLE, Build, BuildTrouble
from contents.pictures import put_ico

from windows import signing
from windows.launchers import DESKTOP, numbers
from windows.program import put_program

MARKER: Final = "installation.ini"
_FAMILY: Final = UUID("5a0f5a4c-9b53-5d0b-9a0e-3f1c6f0c9b55")
"""What all versions have in common; Windows finds the one to replace by it. It must never change."""

_SUMMARY: Final = re.compile(
    rb"(\x1e\0\0\0'\0\0\0)\{[0-9A-F-]{36}\}(\0\0@\0\0\0).{8}(@\0\0\0).{8}", re.DOTALL
)
"""Within the summary of an .msi: the identity of the package, when it was made, when it was saved."""

_UNIX_BEGINS: Final = 11_644_473_600
"""In seconds of Windows' own calendar."""

_OLDER: Final = f"A newer version of {TITLE} is installed. Remove that one first, if you need this one."


def build(build: Build) -> Path:
    """Make the .msi. Raises BuildTrouble."""
    tree = put_program(build)
    room = build.room("windows-msi")
    put_ico(room / "program.ico")
    (room / MARKER).write_text("[installation]\r\nkind=windows-machine\r\n", newline="")
    build.settle_times(room)
    source = room / "program.wxs"
    whole = _source(build, Path(os.path.relpath(tree, room)), tree)
    ET.indent(whole)
    ET.ElementTree(whole).write(source, encoding="utf-8", xml_declaration=True)
    package = build.output / f"maintenance-desktop-{build.version}.msi"
    build.run(["wixl", "--arch", "x64", "--output", package, source], folder=room)
    _settle_summary(build, package)
    signing.sign(build, package)
    return package


def _settle_summary(build: Build, package: Path) -> None:
    """Put our own identity and the moment of the commit where wixl wrote a random one and the time of day."""
    identity = f"{{{_id('package', build.version, str(build.moment))}}}".encode()
    moment = ((build.moment + _UNIX_BEGINS) * 10_000_000).to_bytes(8, "little")
    content, count = _SUMMARY.subn(
        lambda found: found[1] + identity + found[2] + moment + found[3] + moment, package.read_bytes()
    )
    if count != 1:
        raise BuildTrouble(f"{package.name} has {count} summaries where wixl used to write one.")
    package.write_bytes(content)


def _source(build: Build, place: Path, tree: Path) -> ET.Element:
    """What wixl is told; `place` is the tree as seen from where it runs, for it knows no other paths."""
    whole = ET.Element("Wix", xmlns="http://schemas.microsoft.com/wix/2006/wi")
    version = ".".join(map(str, numbers(build.version)[:3]))
    product = _add(
        whole, "Product", Id=_id("product", build.version, str(build.moment)), UpgradeCode=_guid(_FAMILY),
        Name=TITLE, Manufacturer=PUBLISHER, Version=version, Language="1033",
    )  # fmt: skip
    _add(
        product, "Package", InstallerVersion="500", Compressed="yes", InstallScope="perMachine",
        Description=f"{TITLE} {build.version}", Manufacturer=PUBLISHER,
    )  # fmt: skip
    _add(product, "MajorUpgrade", DowngradeErrorMessage=_OLDER)
    _add(product, "Media", Id="1", Cabinet="program.cab", EmbedCab="yes")
    _add(product, "Icon", Id="program.ico", SourceFile="program.ico")
    _add(product, "Property", Id="ARPPRODUCTICON", Value="program.ico")
    _add(product, "Property", Id="ARPNOMODIFY", Value="1")
    top = _add(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    programs = _add(top, "Directory", Id="ProgramFiles64Folder")
    folder = _add(programs, "Directory", Id="INSTALLDIR", Name=TITLE)
    feature = _add(product, "Feature", Id="Program", Level="1", Title=TITLE)
    _add_file(folder, feature, Path(MARKER), MARKER)
    _add_folder(folder, feature, tree, PurePosixPath(), place)
    _add_shortcut(top, feature)
    return whole


def _add_folder(
    element: ET.Element, feature: ET.Element, folder: Path, within: PurePosixPath, place: Path
) -> None:
    for path in sorted(folder.iterdir()):
        name = within / path.name
        if path.is_dir():
            inner = _add(element, "Directory", Id=f"D{_short(str(name))}", Name=path.name)
            _add_folder(inner, feature, path, name, place)
        else:
            _add_file(element, feature, place / name, str(name))


def _add_file(folder: ET.Element, feature: ET.Element, path: Path, name: str) -> None:
    component = _add_component(folder, feature, f"C{_short(name)}", name)
    _add(component, "File", Id=f"F{_short(name)}", Source=str(path), Name=path.name, KeyPath="yes")


def _add_shortcut(top: ET.Element, feature: ET.Element) -> None:
    menu = _add(top, "Directory", Id="ProgramMenuFolder")
    component = _add_component(menu, feature, "Shortcut", "start menu")
    _add(
        component, "Shortcut", Id="StartMenu", Name=TITLE, Target=f"[INSTALLDIR]{DESKTOP.file}",
        WorkingDirectory="INSTALLDIR",
    )  # fmt: skip
    # What says that the component is there; a link cannot
    _add(
        component, "RegistryValue", Root="HKLM", Key="Software\\maintenance-desktop", Name="Msi",
        Type="string", Value="[INSTALLDIR]", KeyPath="yes",
    )  # fmt: skip


def _add_component(folder: ET.Element, feature: ET.Element, name: str, key: str) -> ET.Element:
    _add(feature, "ComponentRef", Id=name)
    return _add(folder, "Component", Id=name, Guid=_id("component", key), Win64="yes")


def _add(parent: ET.Element, name: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, name, attributes)


def _id(*words: str) -> str:
    """The same identity for the same thing, wherever and whenever it is built."""
    return _guid(uuid5(NAMESPACE_URL, "/".join((APP_ID, *words))))


def _guid(value: UUID) -> str:
    return str(value).upper()


def _short(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:24]
