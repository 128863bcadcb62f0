"""What a sceptic asks next of a run. Shown beside the evidence; none of it moves the verdict."""
