"""Phone calls and their recordings: dialling, what to say on the line, REST views and pages. Not built yet."""
