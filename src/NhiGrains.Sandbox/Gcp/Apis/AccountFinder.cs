using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Finds the service account that a path names: by email or unique id, in this project or in <c>-</c>, whichever it is in.</summary>
internal sealed class AccountFinder(Workings workings)
{
    /// <param name="permission">Empty: the call needs none.</param>
    /// <exception cref="GoogleError">403, also for one that there is not, to who may not see all of the project's; 404.</exception>
    public ServiceAccount Allowed(Call call, string permission)
    {
        if (call.Path["project"] != "-")
            workings.CheckProject(call, permission);
        var named = call.Path["account"];
        var state = workings.State.Visible;
        var account = state.ByEmail(named) ?? (state.Accounts.TryGetValue(named, out var byId) && byId.DeletedAt is null ? byId : null);
        var target = account is null ? workings.Targets.Project : workings.Targets.Account(account);
        if (permission.Length > 0 && !Authorizer.Allows(state, call.Caller, permission, target, workings.Now))
            throw GoogleError.Denied(permission, $"projects/{call.Path["project"]}/serviceAccounts/{named}");
        return account ?? throw GoogleError.NotFound("Unknown service account");
    }
}
