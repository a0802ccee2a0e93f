"""A report of kept runs as a folder of pages: opens in a browser, needs no server, no network."""

from vosbench.reports.html_report.report import write_report as write_report
