using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.State;
using NhiGrains.Sandbox.Aws.Sts;
using NhiGrains.Sandbox.Clock;

namespace NhiGrains.Sandbox.Aws;

/// <summary>What the APIs of one account share.</summary>
internal sealed record Account(
    Arns Arns, AwsLimits Limits, Replicated<AwsState> State, SessionTokens Tokens, Authenticator Authenticator, SandboxSurroundings Surroundings)
{
    public DateTimeOffset Now => Surroundings.Clock.GetUtcNow();
}
