using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Identities;

/// <summary>To take access away needs neither policy nor the directory when its time is over, and not the directory when somebody says so.</summary>
public sealed class SilenceTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static readonly PolicyRule SomebodyAgrees = new("somebody-agrees", PolicyEffect.RequireApproval, new(ResourcePrefix: "shop/configmaps/prices"), Hour, AllowControllerEnforcedEnd: true)
    {
        Approval = new([new ApprovalSeats(["security"], 1)], Hour),
    };

    [Fact]
    public async Task What_is_due_ends_while_policy_does_not_answer_and_nobody_else_is_kept_waiting()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, SomebodyAgrees);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Request(Hour, Scenario.May("prices")); // It waits for somebody, so policy is asked at every wake.
        var due = await billing.Request(Hour / 6, Scenario.May("stock"));
        await billing.UntilHas(billing.Key("stock"));
        TaskCompletionSource asked = new(), silence = new();
        silos.WhileCalling = call => call is { InterfaceMethod.Name: nameof(IPolicySetGrain.CurrentVersion) } ? Silent() : Task.CompletedTask;

        silos.Time.Advance(Hour / 6);
        await asked.Task.WaitAsync(Bound, TestContext.Current.CancellationToken);

        foreach (var services in silos.EveryService)
            Assert.Equal(Turnstiles.EndingsAtOnce, await FreeTurnsAsync(services.GetRequiredService<Turnstiles>()));
        await Eventually.TrueAsync(
            async () => (await Story.Of(silos, "billing")).Any(entry => entry.Event.Action == "grant.revoking" && entry.Event.Details["grant"] == due.GrantId),
            Bound, () => "not revoked", TestContext.Current.CancellationToken);
        await billing.UntilHas(); // The platform's work asks the identity, which does not wait for policy for long.
        silence.SetResult();

        Task Silent()
        {
            asked.TrySetResult();
            return silence.Task;
        }
    }

    [Fact]
    public async Task What_is_due_is_taken_away_within_seconds_while_the_directory_hangs()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, SomebodyAgrees);
        var (isSilent, asked) = (false, 0);
        var silence = new TaskCompletionSource();
        silos.WhileCalling = call => call.InterfaceMethod.DeclaringType != typeof(IDirectoryGrain) ? Task.CompletedTask
            : Volatile.Read(ref isSilent) ? silence.Task
            // Whether the owner is here is asked once more behind a registration; as long as that fails it is owed.
            : call.Request.GetArgumentCount() > 0 && call.Request.GetArgument(0) is "olga" && Interlocked.Increment(ref asked) > 1 ? throw new IOException("The directory is out of order.")
            : Task.CompletedTask;
        var billing = new Scenario(silos, "billing");
        await billing.Register("olga");
        await billing.Request(Hour, Scenario.May("prices")); // It waits for somebody, and whoever asked may depart.
        await billing.Request(Hour / 6, Scenario.May("stock"));
        await billing.UntilHas(billing.Key("stock"));
        Assert.True(asked > 1);

        Volatile.Write(ref isSilent, true);
        silos.Time.Advance(Hour / 6);

        await EmptyWithinAsync(billing, TimeSpan.FromSeconds(10), silence);
    }

    [Fact]
    public async Task What_is_due_is_taken_away_within_seconds_while_audit_and_catalog_hang()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour);
        var billing = new Scenario(silos, "billing");
        await billing.RegisterWithGrant(Hour / 6, Scenario.May("stock"));
        var silence = new TaskCompletionSource();
        silos.WhileCalling = call => call is { InterfaceMethod.Name: nameof(IAuditShardGrain.Append) or nameof(ICatalogShardGrain.Put) } ? silence.Task : Task.CompletedTask;

        silos.Time.Advance(Hour / 6);

        await EmptyWithinAsync(billing, TimeSpan.FromSeconds(15), silence);
        await Eventually.TrueAsync(
            async () => (await Story.Of(silos, "billing")).Any(entry => entry.Event.Action == "grant.revoked"), TimeSpan.FromSeconds(60), () => "not told", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Access_is_taken_away_at_once_while_the_directory_does_not_answer()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, new PolicyRule("not-them", PolicyEffect.Deny, new() { RequesterGroups = ["leaving"] }));
        var billing = new Scenario(silos, "billing");
        var (one, other) = ((await billing.RegisterWithGrant(Hour, Scenario.May("prices"))).GrantId, (await billing.Request(Hour, Scenario.May("stock"))).GrantId);
        silos.BeforeCall = call =>
        {
            if (call is { InterfaceMethod.Name: nameof(IDirectoryGrain.Current) or nameof(IDirectoryGrain.CurrentUnless) })
                throw new IOException("The directory is out of order.");
        };

        // Whether a request is permitted depends on the groups of who asks: not knowing is no yes.
        await Assert.ThrowsAsync<IOException>(() => billing.Request(Hour, Scenario.May("more")));
        Assert.Null((await billing.Do(new IdentityCommand.RevokeGrant(one ?? "", "leaked"))).Refusal);
        Assert.Null((await billing.Do(new IdentityCommand.SuspendIdentity("leaked"))).Refusal);
        await billing.UntilHas();
        Assert.Null((await billing.Do(new IdentityCommand.OffboardIdentity("leaked"))).Refusal);

        await billing.UntilGrantIs(one, GrantStatus.Revoked);
        await billing.UntilGrantIs(other, GrantStatus.Revoked);
        Assert.NotEqual(IdentityStatus.Active, (await billing.View()).Identity.Status);
    }

    // The scenario waits for longer than any call does.
    private static async Task EmptyWithinAsync(Scenario billing, TimeSpan bound, TaskCompletionSource silence)
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            await billing.UntilHas();
        }
        finally
        {
            silence.SetResult(); // What waits for it keeps the silos from stopping.
        }

        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, bound);
    }

    private static async Task<int> FreeTurnsAsync(Turnstiles turnstiles)
    {
        var turns = Enumerable.Range(0, Turnstiles.EndingsAtOnce).Select(_ => turnstiles.Ending().AsTask()).ToArray();
        var free = turns.Where(turn => turn.IsCompletedSuccessfully).ToArray();
        foreach (var turn in free)
            (await turn).Dispose();
        return free.Length;
    }
}
