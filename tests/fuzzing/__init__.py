"""The API under requests that schemathesis makes up from schema.yml: no failure of ours, nothing undescribed."""
