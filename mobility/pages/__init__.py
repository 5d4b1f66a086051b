"""The pages round the plans: home, help, privacy, accessibility, imprint, and what browsers and robots ask for."""
