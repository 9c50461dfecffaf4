// Command tintype-gateway is the REST bridge: it turns HTTP and JSON into calls of the library, and holds no rule of its own.
package main

import (
	"fmt"
	"os"

	"tintype.dev/gateway/internal/settings"
)

func main() {
	if _, err := settings.Read(os.LookupEnv); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
