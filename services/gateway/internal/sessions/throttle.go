package sessions

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// mostKept bounds the memory of a throttle; beyond it the rarest callers are forgotten, which is in their favour.
const mostKept = 10_000

// Rate is how many attempts come back in a minute, and how many there are at first.
type Rate struct {
	PerMinute float64
	Burst     int
}

// throttle lets each key, an address or an account, make so many attempts. The library counts failed ones itself; this
// keeps it from having to hash a password for each attempt.
type throttle struct {
	rate Rate
	now  func() time.Time
	lock sync.Mutex
	keys map[string]*rate.Limiter
}

func newThrottle(rated Rate, now func() time.Time) *throttle {
	return &throttle{rate: rated, now: now, keys: map[string]*rate.Limiter{}}
}

// take uses up an attempt; where there is none it says how long until there is.
func (t *throttle) take(key string) time.Duration {
	now := t.now()
	t.lock.Lock()
	defer t.lock.Unlock()
	limiter, ok := t.keys[key]
	if !ok {
		t.makeRoom(now)
		limiter = rate.NewLimiter(rate.Limit(t.rate.PerMinute/60), t.rate.Burst)
		t.keys[key] = limiter
	}
	reserved := limiter.ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	if wait > 0 {
		reserved.CancelAt(now)
	}
	return wait
}

// makeRoom drops those that have all their attempts again, and somebody if there is none.
func (t *throttle) makeRoom(now time.Time) {
	if len(t.keys) < mostKept {
		return
	}
	for key, limiter := range t.keys {
		if limiter.TokensAt(now) >= float64(t.rate.Burst) {
			delete(t.keys, key)
		}
	}
	for key := range t.keys {
		if len(t.keys) < mostKept {
			return
		}
		delete(t.keys, key)
	}
}
