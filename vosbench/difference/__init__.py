"""Where two runs differ, in masks and in what they were made with: `vosbench diff`."""
