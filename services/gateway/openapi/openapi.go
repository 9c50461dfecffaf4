// Package openapi holds the document of the REST calls. `make gen` writes it.
package openapi

import _ "embed"

// JSON is the document.
//
//go:embed openapi.json
var JSON []byte

// YAML is the same, for people.
//
//go:embed openapi.yaml
var YAML []byte
