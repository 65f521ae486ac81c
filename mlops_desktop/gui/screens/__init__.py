"""The sections of the window, a folder each."""
