"""What trading and holding cost: one pure function per cost, positive dollars out."""
