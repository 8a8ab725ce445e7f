#!/bin/sh
# Every service's database in one server: service.sql for each, with <SERVICE>_MIGRATE_PASSWORD and
# <SERVICE>_DATABASE_PASSWORD from the environment, and <SERVICE>_BACKUP_PASSWORD where it has one. Where each service has a server of its own, run service.sql there.
set -eu
for SERVICE in contacts crm documents files gateway notifications portal; do
    name=$(echo "$SERVICE" | tr '[:lower:]' '[:upper:]')
    eval "OWNER_PASSWORD=\$${name}_MIGRATE_PASSWORD WORKER_PASSWORD=\$${name}_DATABASE_PASSWORD"
    export SERVICE OWNER_PASSWORD WORKER_PASSWORD
    unset BACKUP_PASSWORD
    eval "\${${name}_BACKUP_PASSWORD:+export BACKUP_PASSWORD=\"\$${name}_BACKUP_PASSWORD\"}"
    psql --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres \
        --file "${FICHA_SQL:-/ficha/service.sql}"
done
