# Built in one stage, run in another without pip or compilers. docs/operations.md
FROM python:3.13.7-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --require-hashes -r requirements.lock

FROM python:3.13.7-slim-trixie
RUN useradd --system --uid 1000 --create-home gjensyn \
    && install --directory --owner gjensyn /data
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    GJENSYN_DATA=/data STATIC_ROOT=/app/static
# Neither command uses the key or the database; settings only insist on having them.
RUN export SECRET_KEY=build DATABASE_URL=postgres://build/build \
    && python manage.py compile_catalogues \
    && python manage.py collectstatic --no-input
USER gjensyn
EXPOSE 8000
VOLUME /data
CMD ["gunicorn", "crm.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--no-control-socket"]
