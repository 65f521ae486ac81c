"""General widgets: they know no word of the domain. Import from the modules, each says what it holds."""
