using NhiGrains.Platforms.Kubernetes.Tests.Sandbox;

namespace NhiGrains.Platforms.Kubernetes.Tests.NeverWider;

/// <summary>The sweep of <see cref="NeverWiderOnServerTests"/>, smaller, on the sandbox's authorizer.</summary>
public class SandboxNeverWiderTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_sandbox_allows_exactly_what_an_entitlement_asks_for()
    {
        await using var cluster = new SandboxCluster();
        await cluster.InitializeAsync();
        var seed = Random.Shared.Next();
        using var sweep = new ServerSweep(cluster, seed, TestContext.Current.CancellationToken);

        var wrong = await sweep.RunAsync("sweep", groups: 3);

        output.WriteLine($"{sweep.Fidelities.Values.Sum()} entitlements, {sweep.Requests} requests, {sweep.Allowed} allowed; seed {seed}");
        Assert.True(wrong.Count == 0, $"Seed {seed}: {wrong.Count} wrong, for example\n{string.Join('\n', wrong.Take(5))}");
        Assert.True(sweep.Allowed > 300);
    }
}
