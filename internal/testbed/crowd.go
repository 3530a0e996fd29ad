package testbed

import (
	"context"
	"sync"
	"time"
)

// receive lets visitors sign in, and refresh their sessions again and again
// until they are told to leave. It returns once as many refreshes have been
// answered as there are tabs.
func (b *Bed) receive(ctx context.Context, visitors, tabs int) (leave func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	leave = func() { cancel(); all.Wait() }
	answered := make(chan struct{})
	for range visitors {
		v := b.Visitor()
		if err := v.Enter(ctx, "https://"+b.World.Hosts.Deployment); err != nil {
			leave()
			return nil, err
		}
		for range tabs {
			all.Go(func() { v.refreshAgain(ctx, answered) })
		}
	}
	for range visitors * tabs {
		select {
		case <-answered:
		case <-ctx.Done():
			leave()
			return nil, ctx.Err()
		}
	}
	all.Go(func() {
		for {
			select {
			case <-answered:
			case <-ctx.Done():
				return
			}
		}
	})
	return leave, nil
}

// refreshAgain is one tab: it refreshes the session ten times a second at most,
// and says so each time.
func (v *Visitor) refreshAgain(ctx context.Context, answered chan<- struct{}) {
	pace := time.NewTicker(100 * time.Millisecond)
	defer pace.Stop()
	for {
		_, _ = v.Action(ctx, refresh) // what comes of it is in the application's log
		select {
		case answered <- struct{}{}:
		case <-ctx.Done():
			return
		}
		select {
		case <-pace.C:
		case <-ctx.Done():
			return
		}
	}
}
