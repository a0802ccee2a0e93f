"""Learning to fine-tune: what a learner is, where tasks come from, how it is trained and kept.

Algorithm 1 of e-OSVOS is `vosbench.meta.trainer.meta_train`; its inner loop is
`vosbench.meta.learner.Learner.trajectory`, its gradients are `vosbench.meta.outer.outer_gradients`.
"""
