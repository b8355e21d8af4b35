"""The client for macOS: an application in a disk image. Complete, but never run: that takes a Mac."""
