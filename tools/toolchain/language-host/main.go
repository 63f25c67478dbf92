// Command pulumi-language-nodejs lets the Pulumi engine run programs, plugins and policy packs on Node.js. It serves
// what `pulumi up|preview|refresh|destroy` and `pulumi package` ask for; everything else answers "unimplemented".
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

const (
	engineCheckInterval = time.Second
	// The engine kills who has not ended 5 s after it was asked to.
	shutdownLimit = 4 * time.Second
)

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve ends when the engine says so, when the engine is gone, or on a signal; every child ends with it.
func serve() error {
	// A dead engine closes our output; to be killed by the next line we print would leave our children behind.
	signal.Ignore(syscall.SIGPIPE)
	signals, ignore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer ignore() // not before the end: a second signal must not cut it short
	ctx, stop := context.WithCancel(signals)
	defer stop()

	h := &host{ctx: ctx, stop: stop}
	if len(os.Args) > 1 {
		if err := h.attach(os.Args[len(os.Args)-1]); err != nil { // the engine's address comes last
			return err
		}
	}

	cancel := make(chan bool)
	context.AfterFunc(ctx, func() {
		close(cancel)
		time.AfterFunc(shutdownLimit, func() { os.Exit(1) })
	})
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(s, h)
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(server.Port)
	return <-server.Done
}

// attach makes the host live no longer than the engine at the address.
func (h *host) attach(engine string) error {
	if engine == "" {
		return errors.New("the engine gave no address")
	}
	h.engine = engine
	return rpcutil.Healthcheck(h.ctx, engine, engineCheckInterval, h.stop)
}
