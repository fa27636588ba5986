"""The merchant dashboard: one module per page, `/t/<tenant>/…`."""
