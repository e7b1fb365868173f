"""What one invocation does: plan, model, items, audit."""
