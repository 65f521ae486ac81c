"""Who owns a project and where it listens: what the service shows (`notice`), and how a client finds it (`discovery`)."""
