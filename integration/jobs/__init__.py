"""The only code that knows django-q: it rings the bell and answers it."""
