"""Counting what users store and have transcribed, and the budgets for both."""
