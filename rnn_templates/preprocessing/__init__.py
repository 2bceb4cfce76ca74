"""From raw inputs to tensors."""
