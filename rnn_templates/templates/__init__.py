"""One file a template: its builder, its search space, the data it learns from when none is given."""
