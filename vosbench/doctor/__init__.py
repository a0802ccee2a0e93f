"""What is wrong with a folder of masks, of annotations, or with a dataset, and how to mend it.

One pass over the files gathers evidence, sequence by sequence (`passing`); pure functions judge it
(`*_checks`); `examination` puts both together, `fixing` writes a mended copy.
"""
