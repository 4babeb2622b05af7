"""What settings are long and depend on little, so that `settings.py` can be read as a whole."""
