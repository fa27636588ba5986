# Weft's web server and worker in one image; compose.yaml says which runs what.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /weft

COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes --requirement requirements/runtime.txt

COPY manage.py gunicorn.conf.py ./
COPY integration integration
COPY connectors connectors
COPY synclog synclog
COPY templates templates

# The keys are this step's own: collecting files needs settings, and they need keys.
RUN python -m integration.translations compile \
    && SECRET_KEY=collect WEFT_ENCRYPTION_KEYS=collect \
    python manage.py collectstatic --noinput --skip-checks \
    && python -m compileall -q connectors integration synclog \
    && useradd --system --no-create-home weft
USER weft

EXPOSE 8080
# The process itself takes the signals, so that a stop is a graceful one.
CMD ["gunicorn", "integration.wsgi", "--bind", "0.0.0.0:8080"]
