"""What the tests of redacted audio have in common."""

REDACTING = {"redact_pii": True, "redact_pii_policies": ["person_name"], "redact_pii_audio": True}
REDACTED = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"beep" * 5000
