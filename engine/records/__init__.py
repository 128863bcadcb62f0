"""What a run did, written down: ledger, fills, trades, findings, headline numbers, manifest."""
