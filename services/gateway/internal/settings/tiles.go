package settings

import (
	"errors"
	"net/url"
	"strings"
)

// Tiles are pictures of the ground for the gallery's map, from a server of tiles.
type Tiles struct {
	URL         string `json:"url"` // with {z}, {x} and {y} in it, and {s} where the server has several names
	Attribution string `json:"attribution"`
}

// origin is where the tiles come from, as a content security policy names it: {s} stands for every name.
func (t Tiles) origin() string {
	at, err := url.Parse(strings.ReplaceAll(t.URL, "{s}", "s"))
	if err != nil || t.URL == "" {
		return ""
	}
	host := at.Host
	if strings.Contains(t.URL, "://{s}.") {
		host = "*." + strings.TrimPrefix(host, "s.")
	}
	return at.Scheme + "://" + host
}

func (e *environment) tiles(name, attribution string) Tiles {
	read := Tiles{URL: strings.TrimSpace(e.text(name, "")), Attribution: strings.TrimSpace(attribution)}
	if read.URL == "" {
		return Tiles{}
	}
	at, err := url.Parse(strings.NewReplacer("{s}", "s", "{z}", "0", "{x}", "0", "{y}", "0", "{r}", "").Replace(read.URL))
	whole := strings.Contains(read.URL, "{z}") && strings.Contains(read.URL, "{x}") && strings.Contains(read.URL, "{y}")
	named := strings.Count(read.URL, "{s}") == 0 || strings.Count(read.URL, "{s}") == 1 && strings.Contains(read.URL, "://{s}.")
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || !whole || !named ||
		strings.ContainsAny(read.URL, " ;,'\"") {
		e.fail(name, errors.New("an address with {z}, {x} and {y} is needed, such as https://tiles.example.org/{z}/{x}/{y}.png"))
	}
	return read
}
