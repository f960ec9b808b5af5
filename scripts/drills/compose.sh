# shellcheck shell=bash
# drill: the compose file, read and checked against the compose specification by Debian's docker-compose
# needs: docker-compose
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r --parents deploy "$scratch"
sed -E 's/^(POSTGRES_PASSWORD|S3_ACCESS_KEY|S3_SECRET_KEY)=$/\1=word/' deploy/compose/.env.example >"$scratch/deploy/compose/.env"
docker-compose --project-directory "$scratch" -f deploy/compose/compose.yaml --env-file "$scratch/deploy/compose/.env" \
    config >"$scratch/read"
printf 'ok    %s services are read\n' "$(docker-compose -f "$scratch/read" config --services | wc -l)"
printf 'drill compose: all held\n'
