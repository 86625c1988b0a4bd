using System.Text.Json;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Policies;

namespace NhiGrains.GraphQL.Tests.World;

/// <summary>A document is the canonical text of a set; the real format is the host's.</summary>
internal sealed class TestPolicyDocuments : IPolicyDocuments
{
    public PolicyDocumentsResult Check(IReadOnlyList<PolicyDocument> documents)
    {
        try
        {
            return new(JsonSerializer.Deserialize<PolicySet>(documents[0].Content, Canonical.Json), []);
        }
        catch (JsonException wrong)
        {
            return new(null, [new(documents[0].Path, (int)(wrong.LineNumber ?? 0) + 1, (int)(wrong.BytePositionInLine ?? 0) + 1, "It is not JSON.")]);
        }
    }
}

internal sealed class TestPolicySetGrain(TestWorld world) : Grain, IPolicySetGrain
{
    private static readonly PolicyEntry[] Entries =
    [
        new(3, "v1", "main", 1, DateTimeOffset.UnixEpoch.AddDays(3), "root", "a mistake", "v2", IsRollback: true, RolloutId: null),
        new(2, "v2", "main", 2, DateTimeOffset.UnixEpoch.AddDays(2), "root", "stricter", "v1", IsRollback: false, RolloutId: "r2"),
        new(1, "v1", "main", 1, DateTimeOffset.UnixEpoch, "system:policy-file", "", null, IsRollback: false, RolloutId: null),
    ];

    public Task<PolicyVersion> Current() => Task.FromResult(new PolicyVersion(world.Policies, world.Policies.Version, DateTimeOffset.UnixEpoch, "setup"));

    public Task<string> CurrentVersion() => Task.FromResult(world.Policies.Version);

    public async Task<PolicyAnswer> Apply(PolicyOrder order)
    {
        world.PolicyOrders.Enqueue(order);
        var before = world.Policies;
        if (order.ExpectedVersion is { } expected && expected != before.Version)
            return PolicyAnswer.Of(new("POLICY_CONFLICT", "It has changed.", "Read it again.", "expectedVersion"));
        if (!order.DryRun)
            world.Policies = order.Set;
        return new(null, await Current(), PolicyDiff.Between(before, order.Set), ["a warning"], !order.DryRun, order.Rollout.Mode == RolloutMode.Leave ? null : "r1");
    }

    public async Task<PolicyAnswer> RollBack(RollbackOrder order)
    {
        world.PolicyOrders.Enqueue(order);
        return order.Version == "v1"
            ? new(null, await Current(), PolicyDiff.Between(world.Policies, world.Policies), [], Applied: true, null)
            : PolicyAnswer.Of(new("UNKNOWN_POLICY_VERSION", "No such version.", "Use another.", "version"));
    }

    public Task<SimulationBegun> Simulate(PolicySimulation simulation)
    {
        world.PolicyOrders.Enqueue(simulation);
        return Task.FromResult(new SimulationBegun(null, "sim", PolicyDiff.Between(world.Policies, simulation.Set ?? world.Policies)));
    }

    public Task<PolicyHistory> History(long? before, int first)
    {
        var older = Entries.Where(entry => before is null || entry.Number < before).ToArray();
        return Task.FromResult(new PolicyHistory([.. older.Take(first)], older.Length > first, Entries.Length));
    }

    public Task<bool> WasRemoved(string rolloutId) => Task.FromResult(rolloutId == world.RemovedRollout);

    public Task Keep() => Task.CompletedTask;
}

internal sealed class TestPolicyVersionGrain(TestWorld world) : Grain, IPolicyVersionGrain
{
    public Task Put(PolicyContentOrder order) => throw new NotSupportedException();

    public Task<PolicyStored?> Get() => Task.FromResult<PolicyStored?>(new(world.Policies, WasInForce: true));

    public Task Forget() => throw new NotSupportedException();
}

internal sealed class TestPolicyRolloutGrain(TestWorld world) : Grain, IPolicyRolloutGrain
{
    public Task<RolloutView> Run(RolloutOrder order) => throw new NotSupportedException();

    public Task<RolloutView> GiveUp(RolloutOrder order) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> Unanswered(int most) => Task.FromResult<IReadOnlyList<string>>([.. new[] { "crm", "mute" }.Take(most)]);

    public Task<bool> Forget() => throw new NotSupportedException();

    public Task<RolloutView?> Get() => Task.FromResult(world.Rollouts.GetValueOrDefault(this.GetPrimaryKeyString()));

    public Task<RolloutFindings> Findings(RolloutPlace after, int first)
    {
        var rest = world.Findings.Skip(after.Index).ToArray();
        return Task.FromResult(new RolloutFindings([.. rest.Take(first)], [.. rest.Take(first).Select((_, index) => new RolloutPlace(0, 0, after.Index + index + 1))], rest.Length > first));
    }
}
