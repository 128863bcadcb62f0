"""What we would do: rules as plain functions of numbers, and the Backtrader adapters over them."""
