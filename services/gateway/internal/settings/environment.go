package settings

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// environment reads values of one kind each and keeps what was wrong with them, so that all is told at once.
type environment struct {
	lookup func(string) (string, bool)
	errors []error
}

func (e *environment) fail(name string, err error) {
	e.errors = append(e.errors, fmt.Errorf("%s: %w", prefixed(name), err))
}

func (e *environment) text(name, fallback string) string {
	if given, ok := e.lookup(prefixed(name)); ok && given != "" {
		return given
	}
	return fallback
}

func (e *environment) address(name, fallback string) string {
	given := e.text(name, fallback)
	if _, _, err := net.SplitHostPort(given); err != nil {
		e.fail(name, err)
	}
	return given
}

func (e *environment) url(name, fallback string) *url.URL {
	given, err := url.Parse(e.text(name, fallback))
	if err == nil && (given.Scheme != "http" && given.Scheme != "https" || given.Host == "") {
		err = errors.New("an http or https address is needed")
	}
	if err != nil {
		e.fail(name, err)
	}
	return given
}

func (e *environment) origin(name string) string {
	given := strings.TrimSuffix(e.text(name, ""), "/")
	if given == "" {
		return ""
	}
	at, err := url.Parse(given)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || given != at.Scheme+"://"+at.Host {
		e.fail(name, errors.New("an origin is needed, such as https://photos.example.org"))
	}
	return given
}

func (e *environment) bytes(name string, fallback int64) int64 {
	given, err := strconv.ParseInt(e.text(name, strconv.FormatInt(fallback, 10)), 10, 64)
	if err == nil && given <= 0 {
		err = errors.New("a number of bytes above 0 is needed")
	}
	if err != nil {
		e.fail(name, err)
	}
	return given
}

func (e *environment) count(name string, fallback int) int {
	given, err := strconv.Atoi(e.text(name, strconv.Itoa(fallback)))
	if err == nil && given <= 0 {
		err = errors.New("a number above 0 is needed")
	}
	if err != nil {
		e.fail(name, err)
	}
	return given
}

func (e *environment) duration(name string, fallback time.Duration) time.Duration {
	given, err := time.ParseDuration(e.text(name, fallback.String()))
	if err == nil && given <= 0 {
		err = errors.New("a time above 0 is needed, such as 30s")
	}
	if err != nil {
		e.fail(name, err)
	}
	return given
}

func (e *environment) flag(name string) bool {
	given, err := strconv.ParseBool(e.text(name, "false"))
	if err != nil {
		e.fail(name, errors.New("true or false is needed"))
	}
	return given
}

func (e *environment) list(name string) []string {
	var all []string
	for each := range strings.SplitSeq(e.text(name, ""), ",") {
		if each = strings.TrimSpace(each); each != "" {
			all = append(all, each)
		}
	}
	return all
}

func (e *environment) networks(name string) []*net.IPNet {
	var all []*net.IPNet
	for _, each := range e.list(name) {
		_, network, err := net.ParseCIDR(each)
		if err != nil {
			e.fail(name, err)
			continue
		}
		all = append(all, network)
	}
	return all
}
