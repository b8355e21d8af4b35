"""Which drives are those of other computers."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest

from maintenance_desktop import drives
from maintenance_desktop.drives import file_system, is_remote, is_remote_drive

MOUNTS = r"""
22 27 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw
27 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
40 27 0:35 / /home rw,relatime shared:20 - nfs4 server:/export/home rw,vers=4.2
41 40 0:36 / /home/ada/local rw - tmpfs tmpfs rw
42 27 0:37 / /mnt/Gr\303\266\303\237e\040und\040mehr rw - ext4 /dev/sdb1 rw
43 27 0:38 / /mnt/with\040space\134and\011tab rw - cifs //server/share rw
44 27 0:39 / /srv rw - ext4 /dev/sdc1 rw
45 27 0:40 / /srv rw - fuse.sshfs ada@server: rw
a line that says nothing
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/homes/ada", "ext4"),
        ("/home", "nfs4"),
        ("/home/ada/.local/share", "nfs4"),
        ("/home/ada/local/share", "tmpfs"),
        ("/mnt/with space\\and\ttab/profiles", "cifs"),
        ("/srv/data", "fuse.sshfs"),
    ],
)
def test_the_nearest_mount_counts_and_the_last_at_a_place(path, kind):
    assert file_system(MOUNTS, path) == kind


def test_a_home_on_a_server_is_remote_and_the_disk_of_this_computer_is_not(monkeypatch, tmp_path):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 0:1 / / rw - ext4 disk rw\n2 1 0:2 / {tmp_path}/home rw - nfs4 server:/ rw\n")
    monkeypatch.setattr(drives, "_MOUNTS", mounts)
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to("home")
    assert is_remote(tmp_path / "home" / "ada" / "not there yet")
    assert is_remote(tmp_path / "link" / "ada")
    assert not is_remote(tmp_path / "ada")


def test_where_nobody_tells_every_drive_is_a_local_one(monkeypatch):
    monkeypatch.setattr(drives, "_MOUNTS", Path("/nothing/there"))
    assert not is_remote(Path.cwd())


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        (r"\\server\profiles\ada", True),
        (r"\\?\UNC\server\profiles\ada", True),
        (r"C:\Users\Größe и 数据", False),
        (r"\\?\C:\Users\ada", False),
    ],
)
def test_a_share_of_windows_is_known_by_its_name(path, is_one):
    assert is_remote_drive(PureWindowsPath(path).drive) is is_one
