"""What a reviewer asks before approving a model."""
