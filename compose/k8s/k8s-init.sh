#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes sure that the kind cluster is there and ready, and leaves its kubeconfig in /k8s-config.
# K8S_INIT_MODE: create (a cluster or a failure), validate (check the configuration only),
# auto (create; where no node image can be had, validate and say so).
set -eu

here=/k8s
config=$here/kind-config.yaml
out=/k8s-config
name=${K8S_CLUSTER_NAME:-credit}
mode=${K8S_INIT_MODE:-auto}
. "$here/versions.sh"

say() { printf 'k8s-init: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }
present() { command -v "$1" >/dev/null 2>&1; }

# install_pinned NAME URL SHA256: downloads a binary, and installs it only if its checksum is the pinned one.
install_pinned() {
    curl -fsSL --retry 3 --max-time 300 -o "/tmp/$1" "$2" || fail "$1 can't be downloaded from $2"
    found=$(sha256sum "/tmp/$1" | cut -d' ' -f1)
    if [ "$found" != "$3" ]; then
        rm -f "/tmp/$1"
        fail "$1: the checksum is $found, pinned is $3; nothing was installed"
    fi
    chmod 0755 "/tmp/$1"
    mv "/tmp/$1" "/usr/local/bin/$1"
    say "$1: installed, checksum as pinned"
}

install_tools() {
    if present docker && present curl; then
        say "docker and curl: present"
    else
        present apk || fail "docker or curl is missing, and there is no apk to install it"
        # shellcheck disable=SC2086 # a list
        apk add --no-cache $APK_PACKAGES >/dev/null || fail "apk can't install $APK_PACKAGES (no network?)"
        say "docker-cli and curl: installed from the distribution, signatures checked ($APK_PACKAGES)"
    fi
    case $(uname -m) in
        x86_64) arch=amd64 kind_sum=$KIND_SHA256_amd64 kubectl_sum=$KUBECTL_SHA256_amd64 ;;
        aarch64) arch=arm64 kind_sum=$KIND_SHA256_arm64 kubectl_sum=$KUBECTL_SHA256_arm64 ;;
        *) fail "there are no pinned tools for $(uname -m)" ;;
    esac
    if present kind; then say "kind: present ($(kind version | cut -d' ' -f1,2))"; else
        install_pinned kind "$KIND_URL/$KIND_VERSION/kind-linux-$arch" "$kind_sum"
    fi
    if present kubectl; then say "kubectl: present"; else
        install_pinned kubectl "$KUBECTL_URL/$KUBECTL_VERSION/bin/linux/$arch/kubectl" "$kubectl_sum"
    fi
}

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>/tmp/docker.err; }

# An engine that is years younger than this client refuses the client's API version and names the oldest that it takes.
reach_engine() {
    engine_answers && return
    oldest=$(sed -n 's/.*[Mm]inimum supported API version is \([0-9.]*[0-9]\).*/\1/p' /tmp/docker.err | head -1)
    if [ -n "$oldest" ]; then
        DOCKER_API_VERSION=$oldest
        export DOCKER_API_VERSION
        say "docker: the engine asks for API version $oldest at least, using that"
        engine_answers && return
    fi
    fail "the engine does not answer on its socket: $(head -1 /tmp/docker.err)"
}

cluster_exists() { kind get clusters 2>/dev/null | grep -qx "$name"; }

have_node_image() {
    docker image inspect "$KIND_NODE_IMAGE" >/dev/null 2>&1 && return 0
    say "node image: not here, pulling $KIND_NODE_IMAGE"
    docker pull --quiet "$KIND_NODE_IMAGE" >/dev/null 2>&1
}

# kind has no dry run. It reads and checks the whole configuration before it looks for the node image: with an image
# that can't exist, a right configuration fails at the image, and a wrong one before.
validate() {
    if kind create cluster --name "$name-check" --config "$config" --image 127.0.0.1:1/no-such-node:0 \
        --kubeconfig /tmp/check.kubeconfig >/tmp/check.log 2>&1; then
        fail "kind made a cluster out of an image that can't exist"
    fi
    if grep -q 'failed to pull image "127.0.0.1:1' /tmp/check.log; then
        say "kind-config.yaml: read and accepted by $(kind version | cut -d' ' -f1,2)"
    else
        sed 's/^/k8s-init: kind: /' /tmp/check.log >&2
        fail "kind-config.yaml: not accepted"
    fi
}

# A failed creation leaves nothing behind: kind removes its nodes itself.
create_cluster() {
    say "cluster $name: creating it with $KIND_NODE_IMAGE"
    kind create cluster --name "$name" --config "$config" --image "$KIND_NODE_IMAGE" \
        --kubeconfig "$out/kubeconfig" --wait 180s
}

# Through kind's own network, because the address in the host's kubeconfig is the host's localhost.
wait_until_ready() {
    docker network connect kind "$(hostname)" 2>/dev/null || true
    kind get kubeconfig --name "$name" --internal >"$out/kubeconfig.internal.new"
    chmod 0600 "$out/kubeconfig.internal.new"
    mv "$out/kubeconfig.internal.new" "$out/kubeconfig.internal"
    kubectl --kubeconfig "$out/kubeconfig.internal" wait --for=condition=Ready nodes --all --timeout=180s >/dev/null ||
        fail "cluster $name: its nodes are not ready after 180 s"
    kind get kubeconfig --name "$name" >"$out/kubeconfig.new"
    chmod 0600 "$out/kubeconfig.new"
    mv "$out/kubeconfig.new" "$out/kubeconfig"
    say "cluster $name: ready; kubeconfig (for the host) and kubeconfig.internal (for network kind) are in the volume"
}

case $mode in auto | create | validate) ;; *) fail "K8S_INIT_MODE is '$mode': use auto, create or validate" ;; esac
install_tools
reach_engine

if [ "$mode" = validate ]; then
    validate
    say "validated only, as K8S_INIT_MODE says: no cluster was made"
elif cluster_exists; then
    say "cluster $name: there already, unchanged"
    wait_until_ready
elif have_node_image; then
    create_cluster
    wait_until_ready
elif [ "$mode" = create ]; then
    fail "no node image: $KIND_NODE_IMAGE is not here and can't be pulled"
else
    validate
    say "no node image is here, and none can be pulled: the configuration is valid, no cluster was made"
fi
