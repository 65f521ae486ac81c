"""The facade: every verb exists once, here."""
