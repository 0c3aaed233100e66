# Two stages: the first installs what is locked and collects static files, the second only runs.
FROM python:3.11-slim AS build
WORKDIR /site
ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --require-hashes -r requirements.txt
COPY . .
RUN SECRET_KEY=only-for-collecting DATA_DIR=/tmp/build STATIC_ROOT=/site/collected /venv/bin/python manage.py collectstatic --noinput

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /site site && mkdir /data && chown site /data
WORKDIR /site
COPY --from=build /venv /venv
COPY --from=build --chown=root:root /site /site
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data STATIC_ROOT=/site/collected PORT=8000 BIND=0.0.0.0
USER site
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD python -c "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"
CMD ["gunicorn", "--config", "iiwam/gunicorn.py", "iiwam.wsgi"]
