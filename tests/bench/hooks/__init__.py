"""Webhook intake beside the least that could take one in, and how soon Weft acts."""
