namespace NhiGrains.Platforms.Kubernetes.Tests.NeverWider;

/// <summary>A server that no other test reads: tens of thousands of objects of RBAC are on it.</summary>
public sealed class ServerOfItsOwn : Cluster
{
    /// <summary>Nobody asks which client wrote which field, and to note it costs as much as an answer.</summary>
    protected override string[] Arguments => ["--feature-gates=ServerSideApply=false"];
}

/// <summary>
/// Promise 5 by the real authorizer: what generated entitlements compile to is written to a kube-apiserver, which is then asked about
/// requests that they ask for and requests beside those.
/// </summary>
public class NeverWiderOnServerTests(ServerOfItsOwn cluster, ITestOutputHelper output) : IClassFixture<ServerOfItsOwn>
{
    private const int Groups = 100;

    public static TheoryData<string> Ways => [.. Widened.Ways.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_server_allows_exactly_what_one_of_twenty_thousand_entitlements_asks_for()
    {
        var seed = Random.Shared.Next();
        using var sweep = new ServerSweep(cluster.Server, seed, Cancellation);

        var wrong = await sweep.RunAsync("sweep", Groups);

        output.WriteLine($"{sweep.Fidelities.Values.Sum()} entitlements ({string.Join(", ", sweep.Fidelities.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}"))}) of {sweep.Accounts} accounts in {sweep.Objects} objects; "
            + $"{sweep.Requests} requests, {sweep.Allowed} allowed; {wrong.Count(one => one.Allowed)} wider, {wrong.Count(one => !one.Allowed)} narrower without a reason; seed {seed}");
        Assert.True(wrong.Count == 0, $"Seed {seed}: {wrong.Count} wrong, for example\n{string.Join('\n', wrong.Take(5))}");
        Assert.True(sweep.Fidelities.Values.Sum() >= 20_000 && sweep.Fidelities is { Count: 4 } && sweep.Fidelities.Values.All(count => count > 1_000));
        Assert.True(sweep.Requests > 50_000 && sweep.Allowed > 10_000 && sweep.Allowed < sweep.Requests / 2);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_is_wider_is_found(string way)
    {
        using var sweep = new ServerSweep(cluster.Server, seed: 7, Cancellation);

        var wider = (await sweep.RunAsync(way, groups: 1, Widened.Ways[way])).Where(one => one.Allowed).ToArray();

        output.WriteLine($"{wider.Length} of {sweep.Requests} requests are allowed that nobody asked for, for example {wider.FirstOrDefault()?.Request}");
        Assert.NotEmpty(wider);
    }
}
