#!/bin/bash
# The role and the account of Tintype: its own indexes, and no more of the cluster than its version and health.
set -euo pipefail

put() {
  printf 'user = "elastic:%s"\n' "$(cat /run/secrets/elastic_password)" |
    curl --fail --silent --show-error --config - --request PUT --header 'Content-Type: application/json' \
      --data "$2" "http://elasticsearch:9200/_security/$1" >/dev/null
}

put role/tintype '{"cluster": ["monitor"], "indices": [{"names": ["tintype*"], "privileges": ["all"]}]}'
put user/tintype "{\"roles\": [\"tintype\"], \"password\": \"$(cat /run/secrets/index_password)\"}"
