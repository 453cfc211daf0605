//go:build tools

// Package ipfs pins the version of Kubo, the reference IPFS server, that the integration tests run against.
// Build it with: go build -trimpath -o <where> github.com/ipfs/kubo/cmd/ipfs
package ipfs

import _ "github.com/ipfs/kubo/cmd/ipfs"
