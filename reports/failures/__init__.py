"""Table of failures and what each costs."""
