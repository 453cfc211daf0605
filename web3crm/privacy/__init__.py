"""What a brand owes its customers on paper: notices, consent records and receipts, from chain state and notice texts."""
