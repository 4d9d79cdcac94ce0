"""How good a supplier is for a requirement: pure functions over facts. The contract is docs/matching.md."""
