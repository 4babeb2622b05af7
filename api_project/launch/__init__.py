"""`python -m api_project.launch` starts everything on one machine and keeps it running (`make run`)."""
