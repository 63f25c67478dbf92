package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// bailExitCode is how @pulumi/pulumi says that the program failed and that its error is shown already.
const bailExitCode = 32

// Run runs the stack's program to its end.
func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	ctx, stop := h.scope(ctx)
	defer stop()
	args, err := h.programArguments(request)
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	configuration, err := programConfig(request)
	if err != nil {
		return nil, err
	}
	cmd := node(ctx, args)
	cmd.Env = append(os.Environ(), configuration...)
	// A pipe of our own, because who inherits the engine's pipe can keep the engine waiting after we ended.
	cmd.Stdout, cmd.Stderr = struct{ io.Writer }{os.Stdout}, struct{ io.Writer }{os.Stderr}

	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case ctx.Err() != nil, errors.As(err, &exit) && exit.ExitCode() == bailExitCode:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program failed: %v", err)}, nil
	}
}

func (h *host) programArguments(request *pulumirpc.RunRequest) ([]string, error) {
	run, err := sdkScript("run", request.Info.ProgramDirectory)
	if err != nil {
		return nil, err
	}
	args := append(nodeArguments(request.Info), run,
		"--monitor", request.MonitorAddress,
		"--engine", h.engine,
		"--organization", request.Organization,
		"--project", request.Project,
		"--stack", request.Stack,
		"--root-directory", request.Info.RootDirectory,
		"--pwd", request.Info.ProgramDirectory,
		"--parallel", strconv.Itoa(int(request.Parallel)))
	if request.DryRun {
		args = append(args, "--dry-run")
	}
	return append(append(args, request.Info.EntryPoint), request.Args...), nil
}

// programConfig is the environment by which @pulumi/pulumi learns the stack's configuration and its own options.
func programConfig(request *pulumirpc.RunRequest) ([]string, error) {
	values := map[string]string{}
	for name, value := range request.Config {
		key, err := config.ParseKey(name)
		if err != nil {
			return nil, err
		}
		values[key.Namespace()+":config:"+key.Name()] = value
	}
	env, err := configVariables(values, request.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	options := request.Info.GetOptions().AsMap()
	if typescript, ok := options["typescript"].(bool); !ok || typescript {
		env = append(env, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if path, ok := options["tsconfig"].(string); ok {
		env = append(env, "PULUMI_NODEJS_TSCONFIG_PATH="+path)
	}
	return env, nil
}

func configVariables(values map[string]string, secretKeys []string) ([]string, error) {
	if secretKeys == nil {
		secretKeys = []string{} // read as a list: `null` is not one
	}
	config, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	secrets, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, err
	}
	return []string{"PULUMI_CONFIG=" + string(config), "PULUMI_CONFIG_SECRET_KEYS=" + string(secrets)}, nil
}
