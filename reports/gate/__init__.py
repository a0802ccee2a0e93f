"""What a verdict of `vosbench gate` looks like: to people, to pull requests, to other programs."""
