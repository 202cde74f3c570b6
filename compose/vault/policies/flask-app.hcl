# SPDX-License-Identifier: MIT
# flask_app reads its own key and the credentials of the two stores it uses, nothing else.
path "secret/data/flask" {
  capabilities = ["read"]
}
path "secret/data/mongodb" {
  capabilities = ["read"]
}
path "secret/data/redis" {
  capabilities = ["read"]
}
