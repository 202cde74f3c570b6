# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# What k8s-init installs, and the SHA-256 of each file as its project publishes it. The node image belongs to this kind.
# Of Alpine 3.18, whose packages are signed: any build of these versions.
APK_PACKAGES="docker-cli~23.0 curl~8"

KIND_VERSION=v0.30.0
KIND_SHA256_amd64=517ab7fc89ddeed5fa65abf71530d90648d9638ef0c4cde22c2c11f8097b8889
KIND_SHA256_arm64=7ea2de9d2d190022ed4a8a4e3ac0636c8a455e460b9a13ccf19f15d07f4f00eb
KIND_URL=https://github.com/kubernetes-sigs/kind/releases/download

KUBECTL_VERSION=v1.34.0
KUBECTL_SHA256_amd64=cfda68cba5848bc3b6c6135ae2f20ba2c78de20059f68789c090166d6abc3e2c
KUBECTL_SHA256_arm64=00b182d103a8a73da7a4d11e7526d0543dcf352f06cc63a1fde25ce9243f49a0
KUBECTL_URL=https://dl.k8s.io/release

KIND_NODE_IMAGE=${KIND_NODE_IMAGE:-kindest/node:v1.34.0@sha256:7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a}
