# The production image. It installs by the same script as `make`, and the tests run the step that collects static files.

FROM python:3.11-slim AS build
WORKDIR /srv/matchmaking
COPY requirements.txt ./
COPY config/install.py config/install.py
RUN python config/install.py requirements.txt
COPY . .
ENV DJANGO_SETTINGS_MODULE=config.settings.production
# Secrets and servers are made up for this one step.
RUN random() { .venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))'; } \
    && SECRET_KEY="$(random)" API_KEY_PEPPER="$(random)" ALLOWED_HOSTS=localhost SITE_URL=https://localhost \
    DATABASE_URL=postgres:////nowhere/none REDIS_URL=unix:///nowhere .venv/bin/python manage.py collectstatic --no-input

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin matchmaking \
    && install --directory --owner matchmaking --mode 0700 /srv/uploads /srv/catalogue
WORKDIR /srv/matchmaking
COPY --from=build /srv/matchmaking /srv/matchmaking
ENV DJANGO_SETTINGS_MODULE=config.settings.production \
    PATH=/srv/matchmaking/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1
USER matchmaking
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=3 CMD ["python", "-m", "config.health"]
CMD ["python", "-m", "gunicorn", "--config", "python:config.gunicorn", "--bind", "0.0.0.0:8000"]
