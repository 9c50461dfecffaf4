// Package edge is what every request passes first and last: whose it is, how much it may take, what is noted of it.
package edge

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

const (
	forwardedFor   = "X-Forwarded-For"
	forwardedProto = "X-Forwarded-Proto"
	forwardedHost  = "X-Forwarded-Host"
)

type secureKey struct{}

// FromClient puts the client's own address into RemoteAddr, and notes whether it came by TLS.
//
// What proxies say of it counts if the connection comes from one of `trusted`, and then what the nearest untrusted one
// said. Whatever else a request says of where it comes from is dropped, so that nothing behind here can believe it.
func FromClient(trusted []*net.IPNet, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure := r.TLS != nil
		said := strings.Split(strings.Join(r.Header.Values(forwardedFor), ","), ",")
		address := peer(r.RemoteAddr)
		behind := within(address, trusted)
		for last := len(said) - 1; last >= 0 && within(address, trusted); last-- {
			before, err := netip.ParseAddr(strings.TrimSpace(said[last]))
			if err != nil {
				break
			}
			address = before.Unmap()
		}
		if behind {
			secure = secure || strings.EqualFold(r.Header.Get(forwardedProto), "https")
		}
		for _, name := range []string{forwardedFor, forwardedProto, forwardedHost, "Forwarded", "X-Real-Ip"} {
			r.Header.Del(name)
		}
		if secure {
			r.Header.Set(forwardedProto, "https") // for who writes absolute addresses
		}
		if address.IsValid() {
			r.RemoteAddr = net.JoinHostPort(address.String(), "0")
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), secureKey{}, secure)))
	})
}

// IsSecure says whether the client came by TLS, to us or to a proxy that we trust.
func IsSecure(r *http.Request) bool {
	secure, _ := r.Context().Value(secureKey{}).(bool)
	return secure
}

// ClientAddress is where a request came from, without a port.
func ClientAddress(r *http.Request) string {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return address
}

// ClientNetwork is whom limits count: an address, or in IPv6 its /64, of which one customer has all addresses.
func ClientNetwork(r *http.Request) string {
	address, err := netip.ParseAddr(ClientAddress(r))
	if err != nil || !address.Is6() {
		return ClientAddress(r)
	}
	return netip.PrefixFrom(address, 64).Masked().String()
}

func peer(remote string) netip.Addr {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

func within(address netip.Addr, networks []*net.IPNet) bool {
	for _, network := range networks {
		if address.IsValid() && network.Contains(address.AsSlice()) {
			return true
		}
	}
	return false
}
