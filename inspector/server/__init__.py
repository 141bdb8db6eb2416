"""The office server: it stores, orders and proves what it cannot read."""
