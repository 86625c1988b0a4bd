using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Domain.Grants;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.Approvals;

/// <summary>People who answer requests of the identity <c>billing</c>: sue of security, pat of its owner's team, and ada, its owner, of both.</summary>
internal static class Voters
{
    private const string Id = "billing";

    private static int _keys;

    public static async Task Begin(TwoSilos silos)
    {
        await Group(silos, "security", ["sue", "ada"], []);
        await Group(silos, "payments", ["pat", "ada"], []);
    }

    public static async Task<string> Digest(Scenario billing, string grant) => ((PendingApprovalGrant)await billing.Grant(grant)).Ballot?.Digest ?? "none";

    /// <summary>Approves the plan that is shown, or the one that is shown after that.</summary>
    public static async Task<CommandAnswer> Approve(TwoSilos silos, string who, string grant)
    {
        var billing = new Scenario(silos, Id);
        var answer = await Answer(silos, who, new IdentityCommand.ApproveGrant(grant, await Digest(billing, grant), "fine"));
        // The plan may be another one than what is shown; then it is shown by now.
        return answer.Refusal is { Code: "PLAN_CHANGED" } && await Digest(billing, grant) is var now
            ? await Answer(silos, who, new IdentityCommand.ApproveGrant(grant, now, "fine"))
            : answer;
    }

    public static Task<CommandAnswer> Answer(TwoSilos silos, string who, IdentityCommand command) =>
        silos.Identity(Id).Execute(new(NewKey(), who, command));

    public static async Task Group(TwoSilos silos, string group, string[] add, string[] remove)
    {
        var answer = await silos.Grains.GetGrain<IDirectoryGrain>(Directories.Main)
            .Execute(new(NewKey(), "root", new DirectoryCommand.SetGroupMembers(group, add, remove, "a test"), MayForOthers: true));
        Assert.Null(answer.Refusal);
    }

    private static string NewKey() => $"voter-{Interlocked.Increment(ref _keys)}";
}
