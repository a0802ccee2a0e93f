"""Learning to fine-tune: learner, trainer, supervised training, checkpoints."""
