#!/bin/bash
# The role and the account of Tintype: its own indexes, and no more of the cluster than its version and health.
set -euo pipefail

# What the body is comes from standard input and the password from a file: arguments are seen by everybody.
umask 077
cd "$(mktemp --directory)"
printf 'user = "elastic:%s"\n' "$(cat /run/secrets/elastic_password)" >account

put() {
  curl --fail --silent --show-error --config account --request PUT --header 'Content-Type: application/json' \
    --data @- "http://elasticsearch:9200/_security/$1" >/dev/null
}

echo '{"cluster": ["monitor"], "indices": [{"names": ["tintype*"], "privileges": ["all"]}]}' | put role/tintype
printf '{"roles": ["tintype"], "password": "%s"}' "$(cat /run/secrets/index_password)" | put user/tintype
