using Microsoft.AspNetCore.Http;
using NhiGrains.Sandbox.Faults;

namespace NhiGrains.Sandbox;

/// <summary>
/// One fake account, project or cluster: the HTTP APIs that a connector calls, with the platform's own evaluation rules as its
/// authorizer. It listens on a port of its own.
/// </summary>
public interface ISandboxPlatform
{
    /// <summary>For example <c>aws:prod</c>.</summary>
    string Name { get; }

    /// <summary>Answers a request as the platform would.</summary>
    Task HandleAsync(HttpContext context);

    /// <summary>Answers <see cref="SandboxFault.Throttled"/> or <see cref="SandboxFault.ServerError"/> in the platform's own words.</summary>
    Task AnswerFaultAsync(HttpContext context, SandboxFault fault);
}

/// <summary>What a platform of the sandbox gets from it.</summary>
public sealed record SandboxSurroundings(Clock.SandboxClock Clock, FaultDice Faults)
{
    /// <summary>State with the delay that the plan in force asks for.</summary>
    public Clock.Replicated<T> Replicate<T>(T initial) => new(initial, Clock, () => Faults.Plan.VisibleAfter);
}
