"""What is copied into an exported bundle and runs there without this package."""
