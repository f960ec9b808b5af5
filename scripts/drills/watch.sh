# shellcheck shell=bash
# drill: the alert rules, by Prometheus's own program: their form, and that each is set off by what it is for
# needs: prometheus
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../deploy/prometheus"
promtool check config prometheus.yml
promtool check rules alerts.yml
promtool test rules alerts.test.yml
printf 'drill watch: all held, %s rules\n' "$(grep -c 'alert: ' alerts.yml)"
