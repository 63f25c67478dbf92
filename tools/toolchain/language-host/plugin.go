package main

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const policyPackKind = "analyzer"

// RunPlugin runs a folder with a PulumiPlugin.yaml or a PulumiPolicy.yaml until the engine hangs up.
func (h *host) RunPlugin(request *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer) error {
	ctx, stop := h.scope(stream.Context())
	defer stop()
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer closer.Close()

	if request.Kind == policyPackKind {
		err = runPolicyPack(ctx, request, stdout, stderr)
	} else {
		err = runProvider(ctx, request, stdout, stderr)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	code := &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(exit.ExitCode())}
	return stream.Send(&pulumirpc.RunPluginResponse{Output: code})
}

func runProvider(ctx context.Context, request *pulumirpc.RunPluginRequest, stdout, stderr io.Writer) error {
	run, err := sdkScript("run-plugin", request.Info.ProgramDirectory)
	if err != nil {
		return err
	}
	args := append(nodeArguments(request.Info), run, request.Info.ProgramDirectory)
	cmd := node(ctx, append(args, request.Args...))
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = request.Pwd, request.Env, stdout, stderr
	return cmd.Run()
}

// runPolicyPack starts the pack when its stack is known: @pulumi/policy reads stack and configuration at its start,
// the engine tells them later, and the proxy stands between the two.
func runPolicyPack(ctx context.Context, request *pulumirpc.RunPluginRequest, stdout, stderr io.Writer) error {
	run, err := sdkScript("run-policy-pack", request.Info.ProgramDirectory)
	if err != nil {
		return err
	}
	proxy, packStdout, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return err
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return err
	}
	env := request.Env
	if stack != nil {
		config, err := configVariables(stack.Config, stack.ConfigSecretKeys)
		if err != nil {
			return err
		}
		env = append(append(env, config...),
			"PULUMI_NODEJS_ORGANIZATION="+stack.Organization,
			"PULUMI_NODEJS_PROJECT="+stack.Project,
			"PULUMI_NODEJS_STACK="+stack.Stack,
			"PULUMI_NODEJS_DRY_RUN="+strconv.FormatBool(stack.DryRun))
	}
	args := append(append(nodeArguments(request.Info), run), request.Args...)
	cmd := node(ctx, append(args, request.Info.ProgramDirectory))
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = request.Info.ProgramDirectory, env, packStdout, stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	return proxy.Attach(ctx, cmd)
}
