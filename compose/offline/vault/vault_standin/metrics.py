# SPDX-License-Identifier: MIT
"""Vault's metrics, those that the stand-in can tell truly, in the Prometheus text format."""
import resource
import time


def render(vault):
    kv_count = sum(len(mount.secrets) for mount in vault.system.mounts.values())
    leases = sum(1 for token in vault.tokens.by_id.values() if token.expires)
    rows = [
        ("vault_core_unsealed", "gauge", "1 while Vault is unsealed.", 1),
        ("vault_core_active", "gauge", "1 while this node is active.", 1),
        ("vault_core_handle_request_count", "counter", "Requests handled.", vault.requests),
        ("vault_core_handle_request_sum", "counter", "Milliseconds spent on requests.", vault.request_seconds * 1000),
        ("vault_core_check_token_denied_count", "counter", "Requests refused with 403.", vault.denied),
        ("vault_token_creation", "counter", "Tokens created.", vault.tokens.created),
        ("vault_token_count", "gauge", "Tokens that live.", len(vault.tokens.by_id)),
        ("vault_expire_num_leases", "gauge", "Leases that will expire.", leases),
        ("vault_secret_kv_count", "gauge", "Entries of the key-value engines.", kv_count),
        (
            "vault_runtime_alloc_bytes",
            "gauge",
            "Peak memory of the process, bytes.",
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        ),
        ("vault_uptime_seconds", "gauge", "Seconds since the start.", time.time() - vault.started),
    ]
    lines = []
    for name, kind, text, value in rows:
        lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}", f"{name} {value}"]
    return "\n".join(lines) + "\n"
