"""The client for Linux: one tree of files, which the Debian package, the AppImage and the RPM all carry."""
