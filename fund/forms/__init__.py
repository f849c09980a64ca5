"""Forms: what was typed becomes what an operation takes, or a message that says what would be right."""
