package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// stopLimit is how long a child may take to end when asked to; it is less than what the host has itself.
const stopLimit = 2 * time.Second

// scope ends with the call that it is for, or with the host.
func (h *host) scope(call context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(call)
	release := context.AfterFunc(h.ctx, cancel)
	return ctx, func() {
		release()
		cancel()
	}
}

// node is a child that is asked to end with the context, and soon made to.
func node(ctx context.Context, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopLimit
	return cmd
}

// nodeArguments are Node's own, from `runtime.options.nodeargs` of the project file.
func nodeArguments(info *pulumirpc.ProgramInfo) []string {
	arguments, _ := info.GetOptions().AsMap()["nodeargs"].(string)
	return strings.Fields(arguments)
}

// sdkScript finds a start script in the @pulumi/pulumi that the program itself would import.
func sdkScript(name, program string) (string, error) {
	for folder := program; ; folder = filepath.Dir(folder) {
		script := filepath.Join(folder, "node_modules", "@pulumi", "pulumi", "cmd", name, "index.js")
		if _, err := os.Stat(script); err == nil {
			return script, nil
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("cannot find @pulumi/pulumi from %s: run `npm install` first", program)
		}
	}
}
