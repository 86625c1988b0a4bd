using NhiGrains.Sandbox.Clock;
using NhiGrains.Sandbox.Faults;
using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp;

/// <summary>What the APIs of one project have in common.</summary>
internal sealed record Workings(
    string Project, long Number, TimeProvider Clock, FaultDice Faults, GcpQuotas Quotas, Replicated<ProjectState> State, AccessTokens Tokens)
{
    public Targets Targets { get; } = new(Project, Number);

    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <param name="permission">Empty: the call needs none.</param>
    /// <exception cref="GoogleError">403.</exception>
    public void Demand(Call call, string permission, Target target)
    {
        if (permission.Length > 0)
            Authorizer.Demand(State.Visible, call.Caller, permission, target, Now);
    }

    /// <summary>Whether a path's project is this one, which may also be said by number.</summary>
    /// <exception cref="GoogleError">403: whether another project exists, nobody is told.</exception>
    public void CheckProject(Call call, string permission)
    {
        var named = call.Path["project"];
        if (named != Project && named != $"{Number}")
            throw GoogleError.Denied(permission, $"projects/{named}");
    }
}

/// <summary>What a project may have. The defaults are Google's for a new project; Google raises the first on request.</summary>
/// <param name="ServiceAccounts">Live ones.</param>
/// <param name="CustomRoles">Deleted ones that still can be restored count.</param>
/// <param name="KeysPerAccount">Those that users manage.</param>
public sealed record GcpQuotas(int ServiceAccounts = 100, int CustomRoles = 300, int KeysPerAccount = 10);
