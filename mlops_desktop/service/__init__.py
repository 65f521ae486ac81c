"""The owner process of a project: verbs over HTTP, children, schedules."""
