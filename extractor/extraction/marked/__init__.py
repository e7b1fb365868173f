"""Strategy `marked`: the rules mark, the model says what each mark means."""
