"""Home, help and the notices round the plans, and what browsers and robots ask for."""
