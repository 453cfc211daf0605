"""What a data protection officer works with: notices, consent records, erasures."""
