package sessions_test

import (
	"net/http"
	"testing"
	"time"
)

const call = "/v1/account"

// apart is how far the clock of the host may be before that of the bridge.
var apart = []time.Duration{
	-60 * 24 * time.Hour, -20 * time.Minute, -2 * time.Minute, 0, 2 * time.Minute, 20 * time.Minute, 60 * 24 * time.Hour,
}

func TestAHostWithAnotherClockRefusesNothing(t *testing.T) {
	for _, each := range apart {
		t.Run(each.String(), func(t *testing.T) {
			w := newWorld(t)
			w.accounts.apart = each
			w.signIn()
			for range 60 {
				w.wants(w.send("GET", call, ""), http.StatusOK)
				w.clock = w.clock.Add(time.Minute)
			}
			if w.accounts.refusals != 0 || w.accounts.trades != 3 {
				t.Errorf("%d refusals, %d renewals", w.accounts.refusals, w.accounts.trades)
			}
		})
	}
}

func TestAHostThatTellsNoLifetimesAndHasAnotherClockIsAskedOnceMore(t *testing.T) {
	for _, each := range []time.Duration{-20 * time.Minute, 20 * time.Minute} {
		w := newWorld(t)
		w.accounts.old, w.accounts.apart = true, each
		w.signIn()
		for range 60 {
			w.wants(w.send("GET", call, ""), http.StatusOK)
			w.wants(w.send("GET", "/session", ""), http.StatusOK)
			w.clock = w.clock.Add(time.Minute)
		}
		if w.accounts.over {
			t.Error("the session is over")
		}
	}
}

func TestATokenThatTheHostRefusesIsRenewedOnce(t *testing.T) {
	for _, path := range []string{call, "/session"} {
		w := newWorld(t)
		w.signIn()
		w.accounts.apart = 16 * time.Minute // the clock of one of them was set
		w.wants(w.send("GET", path, ""), http.StatusOK)
		w.wants(w.send("GET", path, ""), http.StatusOK) // with the cookies that came
		if w.accounts.refusals != 1 || w.accounts.trades != 1 || w.accounts.over {
			t.Errorf("%s: %d refusals, %d renewals", path, w.accounts.refusals, w.accounts.trades)
		}
	}
}

func TestARefusalWithAFreshTokenIsFinal(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	w.accounts.stern = true
	w.wants(w.send("GET", call, ""), http.StatusUnauthorized)
	if w.accounts.refusals != 2 || w.accounts.trades != 1 {
		t.Errorf("%d refusals, %d renewals", w.accounts.refusals, w.accounts.trades)
	}
}

func TestACallOfASessionThatIsOverForgetsIt(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	w.accounts.over = true
	answer := w.send("GET", call, "")
	w.wants(answer, http.StatusUnauthorized)
	w.says(answer, "CREDENTIAL_INVALID")
	if len(w.cookies) != 0 || w.accounts.refusals != 1 {
		t.Error(w.cookies, w.accounts.refusals)
	}
}

func TestSigningOutEndsASessionWhoseTokenTheHostRefuses(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	w.accounts.apart = 16 * time.Minute
	w.wants(w.send("DELETE", "/session", "", "X-CSRF-Token", w.csrf), http.StatusNoContent)
	if !w.accounts.over || len(w.cookies) != 0 {
		t.Error(w.accounts.over, w.cookies)
	}
}
